package rman

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"unicode/utf16"
)

// longestLine bounds what is kept of one line, in bytes; the rest of a longer one is
// read and dropped. RMAN's own lines stay far below.
const longestLine = 1 << 20

// eachLine calls fn for every line of r, the last one included if it lacks its
// line end. Windows consoles redirect in UTF-16: its byte order mark is honoured.
func eachLine(r io.Reader, fn func(string)) error {
	in := bufio.NewReaderSize(r, 64<<10)
	if mark, _ := in.Peek(2); len(mark) == 2 {
		switch {
		case mark[0] == 0xff && mark[1] == 0xfe:
			in = bufio.NewReader(&utf16Reader{in: in, order: binary.LittleEndian})
		case mark[0] == 0xfe && mark[1] == 0xff:
			in = bufio.NewReader(&utf16Reader{in: in, order: binary.BigEndian})
		}
	}
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		if room := longestLine - len(line); room > 0 {
			line = append(line, part[:min(len(part), room)]...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if len(line) > 0 {
			fn(string(line))
			line = line[:0]
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// utf16Reader gives UTF-16 text as UTF-8. A half of a pair at the end is dropped.
type utf16Reader struct {
	in    *bufio.Reader
	order binary.ByteOrder
	out   []byte
}

// Read implements io.Reader.
func (u *utf16Reader) Read(b []byte) (int, error) {
	for len(u.out) == 0 {
		r, err := u.unit()
		if err != nil {
			return 0, err
		}
		if utf16.IsSurrogate(r) {
			low, err := u.unit()
			if err != nil {
				return 0, err
			}
			r = utf16.DecodeRune(r, low)
		}
		if r != 0xfeff {
			u.out = append(u.out, string(r)...)
		}
	}
	n := copy(b, u.out)
	u.out = u.out[n:]
	return n, nil
}

func (u *utf16Reader) unit() (rune, error) {
	var pair [2]byte
	if _, err := io.ReadFull(u.in, pair[:]); err != nil {
		return 0, io.EOF
	}
	return rune(u.order.Uint16(pair[:])), nil
}
