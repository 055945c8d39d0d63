package run

import (
	"bytes"
	"strconv"
	"time"
)

// decodeLine reads a line event as this program writes it, many times faster
// than encoding/json: a console that attaches to a long run reads millions.
// Whatever is not exactly in that form is left to the general decoder.
func decodeLine(line []byte) (Event, bool) {
	s := scanner{rest: line, ok: true}
	s.skip(`{"v":1,"seq":`)
	seq := s.number()
	s.skip(`,"time":"`)
	at := s.upTo('"')
	s.skip(`,"type":"line","line":{`)
	l := Line{}
	if s.has(`"step":`) {
		l.Step = s.text()
		s.skip(`,`)
	}
	s.skip(`"text":`)
	l.Text = s.text()
	if s.has(`,"severity":`) {
		l.Severity = s.text()
	}
	if s.has(`,"code":`) {
		l.Code = s.text()
	}
	s.skip(`}}`)
	if !s.ok || len(s.rest) > 0 {
		return Event{}, false
	}
	t, err := time.Parse(time.RFC3339Nano, string(at))
	if err != nil {
		return Event{}, false
	}
	return Event{V: 1, Seq: seq, Time: t, Type: TypeLine, Line: &l}, true
}

// scanner walks over bytes of one expected form; ok turns false at the first
// difference.
type scanner struct {
	rest []byte
	ok   bool
}

func (s *scanner) has(prefix string) bool {
	if !s.ok || len(s.rest) < len(prefix) || string(s.rest[:len(prefix)]) != prefix {
		return false
	}
	s.rest = s.rest[len(prefix):]
	return true
}

func (s *scanner) skip(prefix string) { s.ok = s.has(prefix) }

func (s *scanner) number() int64 {
	n := 0
	for n < len(s.rest) && s.rest[n] >= '0' && s.rest[n] <= '9' {
		n++
	}
	v, err := strconv.ParseInt(string(s.rest[:n]), 10, 64)
	s.ok = s.ok && err == nil && (n == 1 || s.rest[0] != '0')
	s.rest = s.rest[n:]
	return v
}

func (s *scanner) upTo(c byte) []byte {
	i := bytes.IndexByte(s.rest, c)
	if i < 0 {
		s.ok = false
		return nil
	}
	part := s.rest[:i]
	s.rest = s.rest[i+1:]
	return part
}

// text reads a JSON string of printable ASCII with the escapes \" \\ \n.
func (s *scanner) text() string {
	if !s.has(`"`) {
		s.ok = false
		return ""
	}
	var unescaped []byte
	from := 0
	for i := 0; i < len(s.rest); i++ {
		switch c := s.rest[i]; {
		case c == '"':
			part := s.rest[from:i]
			s.rest = s.rest[i+1:]
			if unescaped == nil {
				return string(part)
			}
			return string(append(unescaped, part...))
		case c == '\\' && i+1 < len(s.rest) && bytes.IndexByte([]byte(`"\n`), s.rest[i+1]) >= 0:
			unescaped = append(unescaped, s.rest[from:i]...)
			i++
			if c = s.rest[i]; c == 'n' {
				c = '\n'
			}
			unescaped = append(unescaped, c)
			from = i + 1
		case c < 0x20, c == '\\', c >= 0x7f:
			s.ok = false
			return ""
		}
	}
	s.ok = false
	return ""
}
