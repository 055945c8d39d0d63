package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/joho/godotenv"
)

// maxEnvFile bounds what is read: a real file has a few kilobytes.
const maxEnvFile = 256 << 10

// readFile reads .env, if there is one, as the lowest layer. A file that was
// named must exist.
func (l *loader) readFile(o Options) error {
	path := o.EnvFile
	if path == "" {
		path = filepath.Join(l.dir, ".env")
	}
	data, mode, err := readBounded(path)
	if errors.Is(err, fs.ErrNotExist) && o.EnvFile == "" {
		return nil
	}
	if err != nil {
		return fileError(path, reason(err), "name a readable file with --env-file")
	}
	file, err := parseEnv(data)
	if err != nil {
		return fileError(path, err.Error(), "write KEY=value, one a line; put values with spaces, $ or # in single quotes")
	}
	path = shown(path)
	l.layer(path, file)
	l.path, l.raw, l.file = path, data, file
	l.checkMode(path, mode, file)
	l.nameFileStrangers(path, file)
	return nil
}

func fileError(path, problem, remedy string) error {
	return &Error{Issues: []Issue{{Key: "--env-file", Value: quote(path), Problem: problem, Remedy: remedy}}}
}

// reason is an error without the path, which is named beside it, quoted.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

func readBounded(path string) ([]byte, fs.FileMode, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, 0, err
	}
	data, err := io.ReadAll(io.LimitReader(f, maxEnvFile+1))
	if err == nil && len(data) > maxEnvFile {
		err = fmt.Errorf("larger than %s", Bytes(maxEnvFile))
	}
	return bytes.TrimPrefix(data, []byte("\uFEFF")), info.Mode(), err
}

// parseEnv never passes on the parser's own words: they quote the file, and
// with it a secret.
func parseEnv(data []byte) (map[string]string, error) {
	m, err := godotenv.UnmarshalBytes(data)
	if err == nil {
		return m, nil
	}
	return nil, fmt.Errorf("line %d cannot be read", badLine(data))
}

// badLine is the line after the longest beginning that can be read.
func badLine(data []byte) int {
	lines := bytes.SplitAfter(data, []byte("\n"))
	for n := len(lines) - 1; n > 0; n-- {
		if _, err := godotenv.UnmarshalBytes(bytes.Join(lines[:n], nil)); err == nil {
			return n + 1
		}
	}
	return 1
}

// mark stands for a dollar sign while looking for references; it is a private
// character that no value holds.
const mark = "\uE0D0"

// reference is what godotenv replaces; a backslash before the dollar keeps it.
var reference = regexp.MustCompile(`(\\?)` + mark + `\(?\{?([A-Z0-9_]+)`)

// checkReferences refuses values in which $NAME was replaced by nothing: a
// password that holds a $ would silently lose a part.
func (l *loader) checkReferences() {
	literal, err := godotenv.UnmarshalBytes(bytes.ReplaceAll(l.raw, []byte("$"), []byte(mark)))
	if err != nil {
		return
	}
	for i := range keys {
		v := l.values[keys[i].name]
		if v.source != l.path || strings.ReplaceAll(literal[v.name], mark, "$") == l.file[v.name] {
			continue
		}
		for _, m := range reference.FindAllStringSubmatch(literal[v.name], -1) {
			if m[1] == "" && l.file[m[2]] == "" {
				l.issues = append(l.issues, Issue{Key: v.name, Source: l.path,
					Problem: "a $ in it refers to something that this file does not set",
					Remedy:  "write the value in single quotes"})
				break
			}
		}
	}
}

// checkMode warns of a file that others can read while it holds a secret.
func (l *loader) checkMode(path string, mode fs.FileMode, file map[string]string) {
	if !mode.IsRegular() || mode.Perm()&0o077 == 0 {
		return
	}
	for i := range keys {
		k := &keys[i]
		held := slices.ContainsFunc(append([]string{k.name}, k.aliases...), func(n string) bool { return holdsSecret(n, file[n]) })
		if k.kind.secret && held {
			l.warn(k.name, "chmod 600 "+path, "%s holds a secret (%s) and others can read it", path, k.name)
			return
		}
	}
}

// holdsSecret is false for a connect string without a password: "/" or "/@x".
func holdsSecret(name, v string) bool {
	if !strings.HasPrefix(name, "RMAN_TARGET") {
		return v != ""
	}
	user, rest, ok := strings.Cut(strings.TrimSpace(v), "/")
	return ok && user != "" && rest != "" && !strings.HasPrefix(rest, "@")
}
