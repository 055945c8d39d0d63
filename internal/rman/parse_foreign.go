package rman

import "strings"

// foreign looks at a line that is none of RMAN's English messages. Output in
// other languages keeps its numbers, names and signs: enough to recognise it and
// to read the pieces and the database, not enough to trust it.
func (p *Parser) foreign(s string, e *Event) bool {
	if !strings.ContainsAny(s, "=(:") {
		return false
	}
	if p.foreignBanner(s, e) || p.foreignConnect(s, e) {
		p.localize()
		return true
	}
	s = strings.ReplaceAll(s, " = ", "=") // Chinese, from 12c on
	if p.foreignWritten(s, e) {
		p.localize()
		return true
	}
	return p.localized && foreignRead(s, e)
}

// localize announces, once, that the transcript is not in English.
func (p *Parser) localize() {
	if p.localized {
		return
	}
	p.localized = true
	e := p.event("")
	e.Kind = KindLocalized
	p.emit(e)
}

func (p *Parser) foreignBanner(s string, e *Event) bool {
	i := strings.Index(s, ": Release ")
	if i < 0 || isASCII(s) {
		return false
	}
	if version := release(s[i:]); version != "" {
		e.Kind, e.Version, p.banner = KindVersion, version, true
		return true
	}
	return false
}

// foreignConnect reads "conectado a la base de datos de destino: XE
// (DBID=3092654103, no abierto)".
func (p *Parser) foreignConnect(s string, e *Event) bool {
	i := strings.Index(s, "(DBID=")
	if i < 0 || number(s[i+len("(DBID="):]) == 0 || strings.Contains(s, "connected to ") {
		return false
	}
	before := strings.ReplaceAll(strings.TrimSpace(s[:i]), "：", ": ")
	j := strings.LastIndex(before, ": ")
	if j < 0 || strings.ContainsRune(before[j+2:], ' ') {
		return false
	}
	e.Kind, e.Name = KindConnected, before[j+2:]
	paren, _, _ := strings.Cut(s[i+1:], ")")
	fillIdentity(paren, e)
	return true
}

// foreignWritten reads "<words>=HANDLE <word>=TAG <word>=NONE": three keys in
// that order, or two for an autobackup, and a comment as RMAN writes it.
func (p *Parser) foreignWritten(s string, e *Event) bool {
	i := strings.LastIndex(s, "=NONE")
	if i < 0 || i+len("=NONE") != len(s) {
		if i = strings.LastIndex(s, "=API Version "); i < 0 {
			return false
		}
	}
	key := strings.LastIndexByte(s[:i], ' ')
	first := strings.IndexByte(s, '=')
	if key < 0 || first >= key {
		return false
	}
	handle, tag := foreignTag(s[first+1 : key])
	if !p.localized && isASCII(s) && !strings.HasPrefix(tag, "TAG2") || strings.Contains(s, "piece handle=") {
		return false
	}
	e.Kind, e.Handle, e.Tag, e.Comment = KindPieceWritten, handle, tag, s[i+1:]
	e.Autobackup = tag == ""
	return true
}

// foreignTag splits "HANDLE <word>=TAG". German has commas between the keys.
func foreignTag(s string) (handle, tag string) {
	i := strings.LastIndexByte(s, '=')
	if i < 0 {
		return strings.TrimRight(s, " ,"), ""
	}
	key := strings.LastIndexByte(s[:i], ' ')
	if key < 0 {
		return strings.TrimRight(s, " ,"), ""
	}
	return strings.TrimRight(s[:key], " ,"), strings.TrimRight(s[i+1:], " ,")
}

// foreignRead reads "<word> CHANNEL: <words>=HANDLE <word>=TAG", where the tag is
// one that RMAN made, or its key is the word for tag.
func foreignRead(s string, e *Event) bool {
	_, rest, ok := strings.Cut(s, ": ")
	if !ok {
		return false
	}
	_, rest, ok = strings.Cut(rest, "=")
	if !ok {
		return false
	}
	handle, tag := foreignTag(rest)
	if tag == "" || !strings.HasPrefix(tag, "TAG2") && !tagWord(rest) {
		return false
	}
	e.Kind, e.Handle, e.Tag = KindPieceRead, handle, tag
	return true
}

// tagWord tells whether the last key of s is "tag" in a language that RMAN
// speaks.
func tagWord(s string) bool {
	before := s[:strings.LastIndexByte(s, '=')]
	switch strings.ToLower(before[strings.LastIndexByte(before, ' ')+1:]) {
	case "tag", "etiqueta", "balise", "标记", "標記", "タグ", "태그", "marca":
		return true
	}
	return false
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
