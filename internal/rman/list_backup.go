package rman

import (
	"io"
	"strings"
)

// table names the table of LIST BACKUP whose rows are being read.
type table int

const (
	tableNone table = iota
	tableSet
	tableCopy
	tablePiece
	tableDatafile
	tableLog
)

// backupLister reads LIST BACKUP. A set is a row of its own, followed by its
// pieces and tables of its contents. A set of several pieces or copies is told
// in another layout: contents first, then a table of pieces for each copy.
type backupLister struct {
	sets   []BackupSet
	table  table
	head   string // heading of the table
	widths []int
	copy   int // number of the copy whose pieces follow
	packed bool
	tag    string
}

// ParseListBackup reads LIST BACKUP (of anything, by tag or whole), of any
// release. No backup at all is an empty list. The error is one of reading,
// ErrLocalized, or wraps ErrStack where RMAN failed.
func ParseListBackup(r io.Reader) ([]BackupSet, error) {
	var l backupLister
	err := readList(r, l.line)
	return l.sets, err
}

func (l *backupLister) line(s string) {
	switch {
	case isRule(s):
		l.widths = widths(s)
	case isRow(s):
		l.row(s)
	case l.heading(s):
	case len(l.sets) > 0:
		l.detail(&l.sets[len(l.sets)-1], s)
	}
}

// heading tells which table begins.
func (l *backupLister) heading(s string) bool {
	t := tableNone
	switch {
	case strings.HasPrefix(s, "BS Key "):
		t = tableSet
	case strings.HasPrefix(s, "Device Type "):
		t = tableCopy
	case strings.HasPrefix(s, "BP Key ") && strings.Contains(s, "Pc#"):
		t = tablePiece
	case strings.HasPrefix(s, "File LV Type"):
		t = tableDatafile
	case strings.HasPrefix(s, "Thrd Seq"):
		t = tableLog
	case strings.HasPrefix(s, "List of "), strings.HasPrefix(s, "Backup Set Copy "):
		l.copy = copyNumber(s, l.copy)
	default:
		return l.table == tableCopy && l.copyRow(s)
	}
	l.table, l.head, l.widths = t, s, nil
	return true
}

// copyNumber reads "Copy #2".
func copyNumber(s string, before int) int {
	if _, n, ok := strings.Cut(s, "Copy #"); ok {
		return int(number(n))
	}
	return before
}

func (l *backupLister) row(s string) {
	if l.table == tableSet {
		l.sets = append(l.sets, l.set(s))
		l.table, l.copy = tableNone, 1
		return
	}
	if len(l.sets) == 0 {
		return
	}
	set := &l.sets[len(l.sets)-1]
	switch l.table {
	case tablePiece:
		set.Pieces = append(set.Pieces, l.piece(s))
	case tableDatafile:
		set.Datafiles = append(set.Datafiles, l.datafile(s))
	case tableLog:
		if log, ok := listedLog(s); ok {
			set.Logs = append(set.Logs, log)
		}
	}
}

// set reads a row below "BS Key  Type LV Size Device Type Elapsed Time
// Completion Time". Sets of archived logs have no type and level; sets told in
// the layout of several pieces end with the size.
func (l *backupLister) set(s string) BackupSet {
	f := strings.Fields(s)
	set := BackupSet{Key: number(f[0]), Type: "Archived Log", Level: -1}
	at := 1
	if strings.Contains(l.head, "Type LV") && len(f) > 1 {
		set.Type, at = f[1], 2
		if len(f) > 3 && isNumber(f[2]) && set.Type == "Incr" {
			set.Level, at = int(number(f[2])), 3
		}
	}
	if at < len(f) {
		set.Size = f[at]
	}
	if at+2 < len(f) {
		set.Device, set.Elapsed = f[at+1], f[at+2]
		set.Completed = skipFields(s, at+3)
	}
	return set
}

// copyRow reads a row below "Device Type Elapsed Time Completion Time Compressed
// Tag".
func (l *backupLister) copyRow(s string) bool {
	if len(l.sets) == 0 {
		return false
	}
	f := strings.Fields(s)
	for i := 2; i < len(f); i++ {
		if f[i] != "YES" && f[i] != "NO" {
			continue
		}
		set := &l.sets[len(l.sets)-1]
		set.Device, set.Elapsed = f[0], f[1]
		set.Completed = strings.Join(f[2:i], " ")
		l.packed, l.tag = f[i] == "YES", skipFields(s, i+1)
		l.table = tableNone
		return true
	}
	return false
}

// piece reads a row below "BP Key Pc# Status [Media] Piece Name".
func (l *backupLister) piece(s string) ListedPiece {
	f := strings.Fields(s)
	p := ListedPiece{Key: number(f[0]), Copy: max(l.copy, 1), Compressed: l.packed, Tag: l.tag}
	if len(f) > 2 {
		p.Number, p.Status = int(number(f[1])), f[2]
	}
	p.Handle = skipFields(s, 3)
	if strings.Contains(l.head, "Media") {
		p.Media, p.Handle = cutWidth(p.Handle, column(l.widths, 3, 0))
	}
	return p
}

// datafile reads a row below "File LV Type Ckp SCN Ckp Time [Abs Fuz SCN]
// [Sparse] Name". The level is blank for a full backup.
func (l *backupLister) datafile(s string) ListedDatafile {
	f := strings.Fields(s)
	d := ListedDatafile{File: int(number(f[0])), Level: -1}
	at := 1
	if len(f) > 1 && isNumber(f[1]) {
		d.Level, at = int(number(f[1])), 2
	}
	if at+1 >= len(f) {
		return d
	}
	d.Type, d.SCN = f[at], number(f[at+1])
	rest := ""
	d.Time, rest = cutWidth(skipFields(s, at+2), column(l.widths, 4, len("DD-MON-RR")))
	if strings.Contains(l.head, "Abs Fuz SCN") {
		if word, after, _ := strings.Cut(rest, " "); isNumber(word) {
			d.FuzzySCN, rest = number(word), strings.TrimSpace(after)
		}
	}
	if strings.Contains(l.head, "Sparse") {
		if word, after, _ := strings.Cut(rest, " "); word == "YES" || word == "NO" {
			rest = strings.TrimSpace(after)
		}
	}
	d.Name = rest
	return d
}

// listedLog reads a row below "Thrd Seq Low SCN Low Time Next SCN Next Time". Both
// times have the same number of words.
func listedLog(s string) (ListedLog, bool) {
	f := strings.Fields(s)
	words := (len(f) - 4) / 2
	if words < 1 || len(f)%2 != 0 || !isNumber(f[2]) || !isNumber(f[3+words]) {
		return ListedLog{}, false
	}
	return ListedLog{
		Thread: int(number(f[0])), Sequence: number(f[1]),
		LowSCN: number(f[2]), LowTime: strings.Join(f[3:3+words], " "),
		NextSCN: number(f[3+words]), NextTime: strings.Join(f[4+words:], " "),
	}, true
}

// detail reads the lines between the tables of a set.
func (l *backupLister) detail(set *BackupSet, s string) {
	last := len(set.Pieces) - 1
	switch {
	case strings.HasPrefix(s, "BP Key: "):
		set.Pieces = append(set.Pieces, ListedPiece{Key: number(s[len("BP Key: "):]), Number: 1, Copy: 1,
			Status: label(s, "Status"), Compressed: label(s, "Compressed") == "YES", Tag: label(s, "Tag")})
	case strings.HasPrefix(s, "Piece Name: ") && last >= 0:
		set.Pieces[last].Handle = s[len("Piece Name: "):]
	case strings.HasPrefix(s, "Handle: ") && last >= 0:
		handle, media, _ := strings.Cut(s[len("Handle: "):], "Media: ")
		set.Pieces[last].Handle, set.Pieces[last].Media = strings.TrimSpace(handle), media
	case strings.Contains(s, "Control File Included: "):
		set.ControlFile = &ListedControlFile{SCN: number(label(s, "Ckp SCN")), Time: label(s, "Ckp time"),
			Standby: strings.HasPrefix(s, "Standby ")}
	case strings.HasPrefix(s, "SPFILE Included: "):
		set.SPFile = &ListedSPFile{Modified: label(s, "Modification time")}
	case strings.HasPrefix(s, "Container ID: "):
		set.Container = label(s, "PDB Name")
	}
}
