package rman

import "strings"

// connected reads "target database: ORCL (DBID=1, not open)" and its kin; name
// and parentheses may each be missing.
func connected(s string, e *Event) bool {
	switch {
	case strings.HasPrefix(s, "target database"):
		e.Kind, s = KindConnected, s[len("target database"):]
	case strings.HasPrefix(s, "auxiliary database"):
		e.Kind, s = KindAuxiliary, s[len("auxiliary database"):]
	case strings.HasPrefix(s, "recovery catalog database"):
		e.Kind = KindCatalog
		return true
	default:
		return false
	}
	s = strings.TrimLeft(s, ": ")
	name, paren, _ := strings.Cut(s, "(")
	e.Name = strings.TrimSpace(name)
	fillIdentity(paren, e)
	return true
}

// fillIdentity reads "DBID=1748542883, not open)".
func fillIdentity(s string, e *Event) {
	s = strings.TrimSuffix(s, ")")
	for part := range strings.SplitSeq(s, ",") {
		part = strings.TrimSpace(part)
		if id, ok := strings.CutPrefix(part, "DBID="); ok {
			e.DBID = number(id)
		} else if part != "" {
			e.State = part
		}
	}
}

// databaseName reads `database name is "X" and DBID is 1` and `database name (or
// database unique name) used for search: X`.
func databaseName(s string, e *Event) bool {
	if rest, ok := strings.CutPrefix(s, "is "); ok {
		e.Kind = KindIdentity
		name, id, _ := strings.Cut(rest, " and DBID is ")
		e.Name, e.DBID = strings.Trim(name, `"`), number(id)
		return true
	}
	if i := strings.Index(s, "used for search: "); i >= 0 {
		e.Kind, e.Name = KindIdentity, s[i+len("used for search: "):]
		return true
	}
	return false
}

// recoveryManager reads the banner and the last line.
func (p *Parser) recoveryManager(s string, e *Event) bool {
	if s == "Recovery Manager complete." {
		e.Kind = KindComplete
		return true
	}
	version := release(s)
	if version == "" {
		return false
	}
	e.Kind, e.Version, p.banner = KindVersion, version, true
	return true
}

// release finds "Release 19.0.0.0.0" in a banner of any language.
func release(s string) string {
	_, rest, ok := strings.Cut(s, "Release ")
	if !ok {
		return ""
	}
	version, _, _ := strings.Cut(rest, " ")
	if version = strings.TrimRight(version, ".,"); digits(version) == 0 || !strings.Contains(version, ".") {
		return ""
	}
	return version
}
