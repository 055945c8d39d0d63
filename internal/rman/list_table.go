package rman

import (
	"io"
	"strings"
)

// rows calls fn for every row of the tables whose heading begins with head. The
// widths are those of the rule below the heading; other gets all other lines.
func rows(r io.Reader, head string, fn func(row, heading string, widths []int), other func(string)) error {
	heading, rule := "", []int(nil)
	return readList(r, func(s string) {
		switch {
		case strings.HasPrefix(s, head):
			heading, rule = s, nil
		case strings.HasPrefix(s, "List of "):
			heading = ""
		case isRule(s):
			rule = widths(s)
		case heading != "" && isRow(s):
			fn(s, heading, rule)
		case other != nil:
			other(s)
		}
	})
}

// ParseBackupSummary reads LIST BACKUP SUMMARY. Errors are as ParseListBackup's.
func ParseBackupSummary(r io.Reader) ([]SummaryRow, error) {
	var list []SummaryRow
	err := rows(r, "Key     TY", func(s, _ string, _ []int) {
		if row, ok := summaryRow(s); ok {
			list = append(list, row)
		}
	}, nil)
	return list, err
}

// summaryRow reads "62 B A A DISK 12/08/2013 15:38:01 1 1 NO FULL BACKUP": the
// time and the tag may have blanks, and two numbers and a yes or no stand
// between them.
func summaryRow(s string) (SummaryRow, bool) {
	f := strings.Fields(s)
	for i := 5; i+2 < len(f); i++ {
		if !isNumber(f[i]) || !isNumber(f[i+1]) || f[i+2] != "YES" && f[i+2] != "NO" && f[i+2] != "*" {
			continue
		}
		return SummaryRow{
			Key: number(f[0]), Type: f[1], Level: f[2], Status: f[3], Device: f[4],
			Completed: strings.Join(f[5:i], " "),
			Pieces:    int(number(f[i])), Copies: int(number(f[i+1])), Compressed: f[i+2] == "YES",
			Tag: skipFields(s, i+3),
		}, true
	}
	return SummaryRow{}, false
}

// ParseListArchivelog reads LIST ARCHIVELOG ALL and its narrower forms, and the
// same table where DELETE ARCHIVELOG prints it. Errors are as ParseListBackup's.
func ParseListArchivelog(r io.Reader) ([]ArchivedLog, error) {
	var list []ArchivedLog
	err := rows(r, "Key     Thrd", func(s, heading string, widths []int) {
		f := strings.Fields(s)
		if len(f) < 4 || !isNumber(f[1]) || !isNumber(f[2]) {
			return
		}
		log := ArchivedLog{Key: number(f[0]), Thread: int(number(f[1])), Sequence: number(f[2]), Status: f[3],
			LowTime: skipFields(s, 4)}
		if strings.HasSuffix(heading, "Name") { // until 10g
			log.LowTime, log.Name = cutWidth(log.LowTime, column(widths, 4, len("DD-MON-RR")))
		}
		list = append(list, log)
	}, func(s string) {
		if name, ok := strings.CutPrefix(s, "Name: "); ok && len(list) > 0 {
			list[len(list)-1].Name = name
		}
	})
	return list, err
}

// ParseListIncarnation reads LIST INCARNATION. Errors are as ParseListBackup's.
func ParseListIncarnation(r io.Reader) ([]Incarnation, error) {
	var list []Incarnation
	err := rows(r, "DB Key", func(s, _ string, _ []int) {
		f := strings.Fields(s)
		if len(f) < 7 || !isNumber(f[1]) || !isNumber(f[3]) || !isNumber(f[5]) {
			return
		}
		list = append(list, Incarnation{
			DBKey: number(f[0]), Key: number(f[1]), DBName: f[2], DBID: number(f[3]), Status: f[4],
			ResetSCN: number(f[5]), ResetTime: skipFields(s, 6),
		})
	}, nil)
	return list, err
}

// ParseReportSchema reads REPORT SCHEMA. Errors are as ParseListBackup's.
func ParseReportSchema(r io.Reader) (Schema, error) {
	var schema Schema
	err := rows(r, "File ", func(s, heading string, _ []int) {
		file, ok := schemaFile(s, heading)
		switch {
		case !ok:
		case strings.Contains(heading, "Tempfile"):
			schema.Tempfiles = append(schema.Tempfiles, file)
		default:
			schema.Datafiles = append(schema.Datafiles, file)
		}
	}, nil)
	return schema, err
}

// schemaFile reads "5 865 UNDOTBS1 YES /path": file, size, tablespace, whether it
// has rollback segments (*** where RMAN cannot tell) or the largest size, name.
func schemaFile(s, heading string) (SchemaFile, bool) {
	f := strings.Fields(s)
	if len(f) < 4 || !isNumber(f[1]) {
		return SchemaFile{}, false
	}
	temp := strings.Contains(heading, "Tempfile")
	file := SchemaFile{File: int(number(f[0])), MegaBytes: number(f[1])}
	if strings.Contains(heading, "K-bytes") { // 9i
		file.MegaBytes /= 1024
	}
	for i := 3; i < len(f); i++ {
		if temp != isNumber(f[i]) || !temp && f[i] != "YES" && f[i] != "NO" && f[i] != "***" {
			continue
		}
		file.Tablespace = strings.Join(f[2:i], " ")
		file.Rollback = f[i] == "YES"
		if temp {
			file.MaxMB = number(f[i])
		}
		file.Name = skipFields(s, i+1)
		return file, true
	}
	return SchemaFile{}, false
}
