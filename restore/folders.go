package restore

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// folderParameters are the parameters that name folders which an instance
// wants to find when it starts or when the database is mounted.
var folderParameters = regexp.MustCompile(`(?i)\.(audit_file_dest|db_recovery_file_dest|db_create_file_dest|diagnostic_dest|log_archive_dest(?:_\d+)?|control_files)=([^\n\x00]+)`)

// foldersOfSpfile makes the folders that the restored SPFILE names. What cannot
// be made here shows when the instance starts, with the name of the folder.
func (s *session) foldersOfSpfile() {
	for _, path := range []string{s.plan.spfilePath(), filepath.Join(s.d.Config.OracleHome, "dbs", "spfile"+s.d.Config.OracleSID+".ora")} {
		data, err := os.ReadFile(path)
		if path == "" || err != nil {
			continue
		}
		for _, m := range folderParameters.FindAllStringSubmatch(spfileText(data), -1) {
			for _, dir := range foldersIn(strings.ToLower(m[1]), m[2]) {
				s.makeFolder(dir)
			}
		}
		return
	}
}

// An SPFILE is text in blocks of this many bytes. Each begins with a header, of
// the block's type 'C' and 0x22 and zeros at its end, and may end with a few
// bytes that repeat it: strings(1) shows parameters cut in two by them.
const (
	spfileBlock  = 512
	spfileMark   = "C\""
	spfileHeader = 24 // no header is longer
	spfileTail   = 4
)

// spfileText is the text of an SPFILE without what lies between its blocks.
func spfileText(data []byte) string {
	var b strings.Builder
	for block := range slices.Chunk(data, spfileBlock) {
		if bytes.HasPrefix(block, []byte(spfileMark)) {
			block = block[headerEnd(block[:min(spfileHeader, len(block))]):]
			end := max(0, len(block)-spfileTail)
			if i := slices.IndexFunc(block[end:], binaryByte); i >= 0 {
				block = block[:end+i]
			}
		}
		b.Write(bytes.TrimRight(block, "\x00"))
	}
	return b.String()
}

// headerEnd is behind the last byte that is no text.
func headerEnd(head []byte) int {
	for i, b := range slices.Backward(head) {
		if binaryByte(b) {
			return i + 1
		}
	}
	return 0
}

// binaryByte: names may hold any character but control characters.
func binaryByte(b byte) bool { return b < ' ' && b != '\n' }

// foldersIn reads the folders out of a parameter's value: 'a','b' or
// 'LOCATION=/arch MANDATORY'.
func foldersIn(name, value string) []string {
	var dirs []string
	for part := range strings.SplitSeq(value, ",") {
		part = strings.Trim(strings.TrimSpace(part), `'"`)
		if rest, ok := cutFold(part, "LOCATION="); ok {
			part, _, _ = strings.Cut(rest, " ")
		}
		if name == "control_files" {
			part = filepath.Dir(part)
		}
		if filepath.IsAbs(part) {
			dirs = append(dirs, part)
		}
	}
	return dirs
}

func cutFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// makeFolder makes a folder of the database, which the group of the OS user
// may read as Oracle's own folders. A failure is told and left to Oracle to
// run into: the folder may not be needed.
func (s *session) makeFolder(dir string) {
	if _, err := os.Stat(dir); err == nil {
		return
	}
	if err := os.MkdirAll(dir, 0o750); err != nil { //nolint:gosec // a database's folder, not ours
		s.warn("", fmt.Sprintf("folder %s is missing and could not be made: %v", dir, err), "create it for the OS user of the instance")
	}
}

// copyFile copies a file of the database so that the new name holds all of it
// or does not exist.
func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	fi, err := in.Stat()
	if err != nil {
		return err
	}
	part := to + ".copy"
	out, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fi.Mode().Perm())
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if err = errors.Join(err, out.Sync(), out.Close()); err == nil {
		err = os.Rename(part, to)
	}
	if err != nil {
		_ = os.Remove(part)
	}
	return err
}
