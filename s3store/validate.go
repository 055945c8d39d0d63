package s3store

import (
	"encoding/base64"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"orabak-tui/internal/run"
)

// Limits of a manifest. They are far above what Oracle can produce and far
// below what would hurt a reader.
const (
	maxManifest  = 256 << 20 // bytes of JSON
	maxPieces    = 200_000
	maxFiles     = 70_000    // Oracle: 65,533 datafiles
	maxLogs      = 2_000_000 // rows over all pieces
	maxText      = 4096      // bytes of a path or warning
	maxObject    = 50 << 40  // bytes of a piece
	maxSet       = 1 << 60   // bytes of all pieces
	maxNameBytes = 255       // of a file name
)

// Validate checks a manifest as strictly as a stranger's: format, ids, names
// without separators or control characters, sizes, checksums, counts. The
// error is of kind ErrFormat.
func (m *Manifest) Validate() error {
	for _, check := range []func(*Manifest) error{
		checkFormat, checkIdentity, checkSpan, checkLayout, checkPieces, checkContents,
	} {
		if err := check(m); err != nil {
			return err
		}
	}
	return nil
}

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: manifest: "+format, append([]any{ErrFormat}, args...)...)
}

func checkFormat(m *Manifest) error {
	switch {
	case m.Format > ManifestFormat:
		return invalid("format %d is of a later version; upgrade this program", m.Format)
	case m.Format < 1:
		return invalid("no format number")
	}
	return nil
}

func checkIdentity(m *Manifest) error {
	id, ok := parseSetID(m.ID)
	switch {
	case !ok:
		return invalid("set id %.80q", m.ID)
	case !validKind(m.Kind):
		return invalid("kind %.20q", m.Kind)
	case !validDBName(m.DBName) || !sameDB(id, m.DBName):
		return invalid("database %.40q in a set named %s", m.DBName, m.ID)
	case !levelFits(m.Kind, m.Level):
		return invalid("kind %s with level %d", m.Kind, m.Level)
	case m.DBID < 0:
		return invalid("DBID %d", m.DBID)
	}
	if m.Adopted != "" && !validForeignID(m.Adopted) {
		return invalid("adopted from %.40q, which is no foreign set", m.Adopted)
	}
	if m.BuildsOn != "" {
		if _, ok := parseSetID(m.BuildsOn); !ok {
			return invalid("builds on %.80q, which is no set id", m.BuildsOn)
		}
	}
	return checkTexts(map[string]string{
		"run": m.Run, "tag": m.Tag, "db_unique_name": m.UniqueName, "role": m.Role, "host": m.Host,
		"oracle_version": m.OracleVersion, "tool_version": m.ToolVersion, "resetlogs_time": m.ResetlogsTime,
		"spfile": m.Spfile,
	})
}

func levelFits(kind string, level int) bool {
	switch kind {
	case KindFull:
		return level == 0
	case KindIncremental:
		return level == 0 || level == 1
	case KindArchivelog:
		return level == -1
	}
	return false
}

func checkSpan(m *Manifest) error {
	switch {
	case m.FromSCN < 0 || m.ToSCN < 0 || m.ResetlogsSCN < 0:
		return invalid("a negative SCN")
	case m.ToSCN != 0 && m.ToSCN < m.FromSCN:
		return invalid("SCNs run backwards, from %d to %d", m.FromSCN, m.ToSCN)
	case m.UTCOffsetMinutes < -24*60 || m.UTCOffsetMinutes > 24*60:
		return invalid("UTC offset of %d minutes", m.UTCOffsetMinutes)
	case !saneTime(m.StartedAt) || !saneTime(m.CompletedAt):
		return invalid("it has no sane start and completion time")
	case !m.RecoverableTo.IsZero() && !saneTime(m.RecoverableTo):
		return invalid("recoverable_to is not a sane time")
	}
	return nil
}

func saneTime(t time.Time) bool { return t.Year() >= 1990 && t.Year() < 3000 }

func checkLayout(m *Manifest) error {
	if len(m.Datafiles) > maxFiles || len(m.Redo) > maxFiles || len(m.Incarnations) > maxFiles ||
		len(m.Threads) > maxFiles || len(m.ControlFiles) > maxFiles || len(m.Excluded) > maxFiles ||
		len(m.Warnings) > maxFiles || len(m.Notes) > maxFiles {
		return invalid("a list is too long")
	}
	for _, d := range m.Datafiles {
		if d.Number < 1 || d.Bytes < 0 || d.CreationSCN < 0 || !cleanText(d.Name) || !cleanText(d.Tablespace) {
			return invalid("datafile %d", d.Number)
		}
	}
	for _, r := range m.Redo {
		if r.Group < 0 || r.Thread < 0 || !cleanText(r.Name) {
			return invalid("redo log group %d", r.Group)
		}
	}
	for _, i := range m.Incarnations {
		if i.ResetlogsSCN < 0 || !cleanText(i.ResetlogsTime) || !cleanText(i.Status) {
			return invalid("incarnation %d", i.ResetlogsSCN)
		}
	}
	for _, s := range slices.Concat(m.ControlFiles, m.Warnings, m.Notes) {
		if !cleanText(s) {
			return invalid("a text with control characters or too long")
		}
	}
	return nil
}

func checkPieces(m *Manifest) error {
	if len(m.Pieces) > maxPieces {
		return invalid("%d pieces", len(m.Pieces))
	}
	names, keys := map[string]bool{}, map[string]bool{}
	var sum int64
	for i := range m.Pieces {
		p := &m.Pieces[i]
		if err := p.validate(); err != nil {
			return err
		}
		if sum += p.Bytes; sum > maxSet {
			return invalid("more than %d bytes", int64(maxSet))
		}
		if names[p.Name] || keys[p.Key] {
			return invalid("piece %q is named twice", p.Name)
		}
		names[p.Name], keys[p.Key] = true, true
	}
	return nil
}

// validate checks what a piece says of its object.
func (p *Piece) validate() error {
	switch {
	case !ValidPieceName(p.Name):
		return invalid("piece name %.80q", p.Name)
	case !validPieceKey(p.Key) || path.Base(p.Key) != p.Name:
		return invalid("key %.120q of piece %q", p.Key, p.Name)
	case !cleanText(p.Handle) || !cleanText(p.Tag):
		return invalid("handle or tag of piece %q", p.Name)
	case p.Bytes < 0 || p.Bytes > maxObject:
		return invalid("piece %q of %d bytes", p.Name, p.Bytes)
	case p.SetStamp < 0 || p.SetCount < 0 || p.Number < 0 || p.Of < 0 || p.ControlSCN < 0:
		return invalid("a negative number in piece %q", p.Name)
	}
	if _, ok := parseCRC(p.CRC64NVME); !ok {
		return invalid("CRC64NVME of piece %q", p.Name)
	}
	if p.SHA256 != "" {
		if b, err := base64.StdEncoding.DecodeString(p.SHA256); err != nil || len(b) != 32 || len(p.SHA256) != 44 {
			return invalid("SHA256 of piece %q", p.Name)
		}
	}
	return nil
}

// ValidPieceName reports whether a file name may become the last part of a
// key and of a path in staging: one name, no separator, no control or
// formatting character, not hidden, not too long.
func ValidPieceName(name string) bool {
	return name != "" && len(name) <= maxNameBytes && name[0] != '.' &&
		!strings.ContainsAny(name, "/\\") && cleanText(name)
}

func validPieceKey(key string) bool {
	return len(key) <= maxKey && cleanText(key) && !strings.Contains(key, "\\") &&
		!strings.HasPrefix(key, "/") && path.Clean(key) == key && !strings.HasPrefix(key, "..")
}

func checkContents(m *Manifest) error {
	files, logs := 0, 0
	for i := range m.Pieces {
		p := &m.Pieces[i]
		files, logs = files+len(p.Files), logs+len(p.Logs)
		if files > 10*maxLogs || logs > maxLogs {
			return invalid("too many files or logs")
		}
		for _, f := range p.Files {
			if !f.valid() {
				return invalid("datafile %d in piece %q", f.Number, p.Name)
			}
		}
		for _, l := range p.Logs {
			if !l.valid() {
				return invalid("log of thread %d sequence %d in piece %q", l.Thread, l.Sequence, p.Name)
			}
		}
	}
	return nil
}

func (f FileBackup) valid() bool {
	if f.Base != "" {
		if _, ok := parseSetID(f.Base); !ok {
			return false
		}
	}
	return f.Number >= 0 && (f.Level == 0 || f.Level == 1) && f.IncrementalSCN >= 0 &&
		f.CheckpointSCN >= 0 && f.AbsoluteFuzzySCN >= 0 && f.ResetlogsSCN >= 0
}

func (l Log) valid() bool {
	return l.Thread >= 0 && l.Sequence >= 0 && l.ResetlogsSCN >= 0 && l.FirstSCN >= 0 && l.NextSCN >= l.FirstSCN
}

func checkTexts(texts map[string]string) error {
	for name, s := range texts {
		if !cleanText(s) {
			return invalid("%s holds control characters or is too long", name)
		}
	}
	return nil
}

// cleanText reports whether s is of moderate length and safe to show and to
// quote: valid UTF-8 without control characters.
func cleanText(s string) bool { return len(s) <= maxText && !hasControl(s) }

func hasControl(s string) bool { return strings.Contains(s, "\t") || run.Clean(s) != s }
