package rmansim

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"sync"
)

// console writes what the user sees. Its methods are safe for concurrent use:
// channels report from goroutines of their own, and no line is ever torn.
type console struct {
	mu     sync.Mutex // Guards the variables below.
	w      io.Writer
	flush  func() error
	msgno  bool
	mid    bool // the present line has text already (a prompt)
	blanks bool // the last line was empty
}

// newConsole writes to w, through a buffer of its own if buffered is set: that
// is how the C library treats a pipe.
func newConsole(w io.Writer, msgno, buffered bool) *console {
	c := &console{w: w, msgno: msgno, flush: func() error { return nil }, blanks: true}
	if buffered {
		b := bufio.NewWriterSize(w, 4096)
		c.w, c.flush = b, b.Flush
	}
	return c
}

// say writes one line. code is the number of the message, shown with MSGNO
// only; 0 is text without a number.
func (c *console) say(code int, format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.line(code, fmt.Sprintf(format, args...))
}

// message is a line with its number.
type message struct {
	code int
	text string
}

// together writes lines that no other channel may come between.
func (c *console) together(lines ...message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, l := range lines {
		c.line(l.code, l.text)
	}
}

// raw writes lines as they are: error messages carry their numbers already.
func (c *console) raw(lines ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, l := range lines {
		c.line(0, l)
	}
}

// blank makes sure that an empty line stands above the next text.
func (c *console) blank() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.mid {
		c.put("\n")
		c.mid, c.blanks = false, true
	}
	if !c.blanks {
		c.put("\n")
		c.blanks = true
	}
}

// prompt writes text without ending the line.
func (c *console) prompt(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.put(text)
	c.mid, c.blanks = true, false
}

// echo completes a prompt with what was read behind it.
func (c *console) echo(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.put(text + "\n")
	c.mid, c.blanks = false, false
}

// line is called with the lock held.
func (c *console) line(code int, text string) {
	if c.mid {
		c.put("\n")
		c.mid = false
	}
	if c.msgno && code > 0 {
		text = fmt.Sprintf("RMAN-%05d: %s", code, text)
	}
	c.put(text + "\n")
	c.blanks = strings.TrimSpace(text) == ""
}

// put ignores errors as the real program does: with the reader gone, work goes
// on.
func (c *console) put(s string) { _, _ = io.WriteString(c.w, s) }
