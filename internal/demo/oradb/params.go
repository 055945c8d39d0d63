package oradb

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Params are initialization parameters by lower case name. A list such as
// control_files is one string with commas.
type Params map[string]string

// Text gives the parameters as a parameter file holds them.
func (p Params) Text() []byte {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(p)) {
		b.WriteString("*." + name + "=" + quoteParam(name, p[name]) + "\n")
	}
	return []byte(b.String())
}

func quoteParam(name, value string) string {
	if name != "control_files" {
		return "'" + value + "'"
	}
	parts := splitList(value)
	for i, s := range parts {
		parts[i] = "'" + s + "'"
	}
	return strings.Join(parts, ",")
}

func splitList(value string) []string {
	var out []string
	for s := range strings.SplitSeq(value, ",") {
		if s = strings.Trim(strings.TrimSpace(s), `'"`); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// ParseParams reads a parameter file: name=value or *.name=value lines, '#'
// comments. An SPFILE line name without value is ignored.
func ParseParams(text []byte) Params {
	p := Params{}
	for line := range strings.SplitSeq(string(text), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if !ok {
			continue
		}
		name = strings.ToLower(strings.TrimSpace(name))
		if i := strings.LastIndexByte(name, '.'); i >= 0 {
			name = name[i+1:]
		}
		p[name] = strings.Join(splitList(value), ",")
	}
	return p
}

// Int gives a number, or def where the parameter is missing or no number. The
// units K, M, G and T are understood.
func (p Params) Int(name string, def int64) int64 {
	s := strings.ToUpper(strings.TrimSpace(p[name]))
	unit := int64(1)
	if i := strings.IndexAny(s, "KMGT"); i > 0 && i == len(s)-1 {
		unit <<= 10 * (1 + strings.IndexByte("KMGT", s[i]))
		s = s[:i]
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return def
	}
	return n * unit
}

// ControlFiles are the names of the control file's copies.
func (p Params) ControlFiles() []string { return splitList(p["control_files"]) }

// archiveDest is the folder of log_archive_dest_1 or log_archive_dest, empty
// when logs go to the FRA.
func (p Params) archiveDest() string {
	for _, name := range []string{"log_archive_dest_1", "log_archive_dest"} {
		v := p[name]
		if len(v) > 9 && strings.EqualFold(v[:9], "LOCATION=") {
			v = v[9:]
		}
		if i := strings.IndexByte(v, ' '); i >= 0 {
			v = v[:i]
		}
		if v != "" && !strings.EqualFold(v, "USE_DB_RECOVERY_FILE_DEST") {
			return v
		}
	}
	return ""
}
