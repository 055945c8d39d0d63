package run

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf8"
)

// encoder turns events into lines of the journal. The types that come by the
// thousand are written by hand: encoding/json costs more than the write.
type encoder struct {
	buf    []byte
	second int64  // of stamp
	stamp  []byte // the time up to the second
}

// encode gives the line of an event, valid until the next call. After a torn
// line it begins with the newline that the torn one lacks.
func (n *encoder) encode(e *Event, torn bool) ([]byte, error) {
	b := n.buf[:0]
	if torn {
		b = append(b, '\n')
	}
	switch {
	case e.Type == TypeLine && e.Line != nil:
		b = appendLine(append(n.appendHead(b, e), `,"line":`...), e.Line)
		b = append(b, '}')
	case e.Type == TypeChannel && e.Channel != nil:
		b = appendChannel(append(n.appendHead(b, e), `,"channel":`...), e.Channel)
		b = append(b, '}')
	case e.Type == TypeTransfer && e.Transfer != nil:
		b = appendTransfer(append(n.appendHead(b, e), `,"transfer":`...), e.Transfer)
		b = append(b, '}')
	default:
		// A copy, because what the general encoder sees moves to the heap:
		// lines, the most frequent events, shall not pay for it.
		copied := *e
		data, err := marshalClean(&copied)
		if err != nil {
			return nil, err
		}
		b = append(b, data...)
	}
	n.buf = append(b, '\n')
	return n.buf, nil
}

func (n *encoder) appendHead(b []byte, e *Event) []byte {
	b = append(b, `{"v":`...)
	b = strconv.AppendInt(b, int64(e.V), 10)
	b = append(b, `,"seq":`...)
	b = strconv.AppendInt(b, e.Seq, 10)
	b = append(b, `,"time":"`...)
	b = n.appendTime(b, e.Time)
	b = append(b, `","type":`...)
	return appendString(b, string(e.Type))
}

// appendTime is RFC 3339 with nanoseconds, the part up to the second reused.
func (n *encoder) appendTime(b []byte, t time.Time) []byte {
	if s := t.Unix(); s != n.second || n.stamp == nil {
		n.second = s
		n.stamp = t.UTC().AppendFormat(n.stamp[:0], "2006-01-02T15:04:05.")
	}
	b = append(b, n.stamp...)
	ns := t.Nanosecond()
	for div := 100_000_000; div > 0; div /= 10 {
		b = append(b, byte('0'+ns/div%10))
	}
	return append(b, 'Z')
}

func appendLine(b []byte, l *Line) []byte {
	b = append(b, '{')
	if l.Step != "" {
		b = appendField(b, "step", l.Step)
		b = append(b, ',')
	}
	b = appendField(b, "text", l.Text)
	if l.Severity != "" {
		b = appendField(append(b, ','), "severity", l.Severity)
	}
	if l.Code != "" {
		b = appendField(append(b, ','), "code", l.Code)
	}
	return append(b, '}')
}

func appendChannel(b []byte, c *Channel) []byte {
	b = appendField(append(b, '{'), "name", c.Name)
	if c.Doing != "" {
		b = appendField(append(b, ','), "doing", c.Doing)
	}
	if c.File != "" {
		b = appendField(append(b, ','), "file", c.File)
	}
	if c.Piece != 0 {
		b = append(b, `,"piece":`...)
		b = strconv.AppendInt(b, int64(c.Piece), 10)
	}
	if c.State != "" {
		b = appendField(append(b, ','), "state", string(c.State))
	}
	if c.SID != 0 {
		b = append(b, `,"sid":`...)
		b = strconv.AppendInt(b, int64(c.SID), 10)
	}
	return append(b, '}')
}

func appendTransfer(b []byte, t *Transfer) []byte {
	b = appendField(append(b, '{'), "dir", t.Dir)
	b = appendField(append(b, ','), "name", t.Name)
	b = appendField(append(b, ','), "key", t.Key)
	b = append(b, `,"done":`...)
	b = strconv.AppendInt(b, t.Done, 10)
	b = append(b, `,"total":`...)
	b = strconv.AppendInt(b, t.Total, 10)
	b = appendField(append(b, ','), "state", string(t.State))
	if t.Attempt != 0 {
		b = append(b, `,"attempt":`...)
		b = strconv.AppendInt(b, int64(t.Attempt), 10)
	}
	if t.Error != "" {
		b = appendField(append(b, ','), "error", t.Error)
	}
	return append(b, '}')
}

func appendField(b []byte, name, value string) []byte {
	b = append(b, '"')
	b = append(b, name...)
	b = append(b, '"', ':')
	return appendString(b, value)
}

// appendString writes a JSON string of the text made safe for a terminal.
func appendString(b []byte, s string) []byte {
	s = CleanText(s)
	b = append(b, '"')
	from := 0
	for i := range len(s) {
		c := s[i]
		if c != '"' && c != '\\' && c != '\n' {
			continue
		}
		b = append(b, s[from:i]...)
		if from = i + 1; c == '\n' {
			c = 'n'
		}
		b = append(b, '\\', c)
	}
	b = append(b, s[from:]...)
	return append(b, '"')
}

// marshalClean is the general encoding with safe texts.
func marshalClean(e *Event) ([]byte, error) {
	data, err := marshal(e)
	if err != nil || !suspicious(data) {
		return data, err
	}
	// The payload belongs to the caller: clean a copy.
	var own Event
	if err := json.Unmarshal(data, &own); err != nil {
		return nil, err
	}
	cleanEvent(&own)
	return marshal(&own)
}

func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// suspicious tells whether encoded JSON may hold a character that Clean would
// change. Most events are plain ASCII and are not looked at again.
func suspicious(data []byte) bool {
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case c >= utf8.RuneSelf, c == 0x7f:
			return true
		case c == '\\':
			i++
			if i < len(data) && data[i] != '"' && data[i] != '\\' && data[i] != '/' && data[i] != 'n' {
				return true
			}
		}
	}
	return false
}
