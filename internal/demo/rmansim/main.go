package rmansim

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/charmbracelet/x/term"

	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/demo/rmansim/syntax"
)

// Program is one run of rman and all it touches outside the database.
type Program struct {
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	Env    []string // as os.Environ
	// Interrupts are Ctrl-C. Each cancels the command that runs; a command file
	// ends with it. SIGTERM is not caught: the process dies, as rman does.
	Interrupts <-chan os.Signal
}

// Main runs rman as the process that it is in and returns its exit status: 0
// when no command failed, 1 otherwise. args are without the program's name.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer, env []string) int {
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	return Program{stdin, stdout, stderr, env, interrupts}.Run(args)
}

// lookup gives a variable of the program's environment.
func (p Program) lookup(name string) string {
	value := ""
	for _, e := range p.Env {
		if k, v, _ := strings.Cut(e, "="); k == name {
			value = v
		}
	}
	return value
}

// Run does what Main says.
func (p Program) Run(args []string) int {
	home, sid := p.lookup("ORACLE_HOME"), p.lookup("ORACLE_SID")
	if st, err := os.Stat(filepath.Join(home, "bin")); home == "" || err != nil || !st.IsDir() {
		_, _ = io.WriteString(p.Stdout, "\nMessage file RMAN<lang>.msb not found\nVerify that ORACLE_HOME is set properly\n")
		return 1
	}
	if sid == "" {
		sid = "NOSID" // the connection is refused; the session needs a name
	}
	db, err := oradb.FromHome(home, sid)
	if err != nil {
		_, _ = io.WriteString(p.Stderr, err.Error()+"\n")
		return 1
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s := newSession(ctx, p, db)
	code := s.main(args)
	s.finish()
	return s.exitStatus(code)
}

// main is the course of the program.
func (s *session) main(args []string) int {
	var usage *failure
	s.args, usage = parseArgs(args)
	closeLog, err := s.openOutput()
	if err != nil {
		s.out.raw(banner...)
		s.out.raw("RMAN-00554: initialization of internal recovery manager package failed", "RMAN-06003: "+err.Error())
		return 1
	}
	defer closeLog()
	s.banner()
	switch {
	case usage != nil:
		return s.usageError(usage)
	case s.args.checksyntax:
		return s.checkSyntax()
	}
	if f := s.connectArgument(); f != nil {
		s.out.raw(append(append([]string{}, banner...), f.lines...)...)
		return 1
	}
	s.commands()
	s.out.blank()
	s.out.raw("", "Recovery Manager complete.")
	if s.failed {
		return 1
	}
	return 0
}

// openOutput sends output to LOG or standard output.
func (s *session) openOutput() (closeLog func(), err error) {
	w, closer := s.prog.Stdout, func() {}
	if s.args.log != "" {
		mode := os.O_CREATE | os.O_WRONLY | os.O_TRUNC
		if s.args.appendLog {
			mode = os.O_CREATE | os.O_WRONLY | os.O_APPEND
		}
		f, err := os.OpenFile(s.args.log, mode, 0o600)
		if err != nil {
			return closer, err
		}
		w, closer = f, func() { _ = f.Close() }
	}
	s.out = newConsole(w, s.args.msgno, s.faults.Buffered && !isTerminal(w))
	return closer, nil
}

// isTerminal reports whether the C library would not buffer this output.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(f.Fd())
}

// banner prints the first lines.
func (s *session) banner() {
	major, _, _ := strings.Cut(s.version, ".")
	s.out.raw("", "Recovery Manager: Release "+major+".0.0.0.0 - Production on "+
		s.now().Format("Mon Jan 2 15:04:05 2006"), "Version "+s.version, "",
		"Copyright (c) 1982, 2019, Oracle and/or its affiliates.  All rights reserved.", "")
}

// commands reads and runs commands from the command file or standard input.
func (s *session) commands() {
	if s.args.cmdfile == "" {
		s.runAll(s.interactive(), "standard input", false)
		return
	}
	s.runFile(s.args.cmdfile)
}

// runFile runs a command file; its first error ends it.
func (s *session) runFile(path string) {
	read, err := s.commandFile(path)
	if err != nil {
		s.failed = true
		s.out.raw(append(append([]string{}, banner...),
			"RMAN-00558: error encountered while parsing input commands",
			"RMAN-01006: error signaled during parse",
			"RMAN-02002: unexpected end of input file reached",
			"RMAN-01003: unable to open file: "+path)...)
		return
	}
	s.runAll(read, path, true)
}

// runAll runs commands until the input ends. With stop set the first error
// ends it.
func (s *session) runAll(read syntax.LineReader, file string, stop bool) {
	p := syntax.NewParser(read)
	for !s.quit {
		cmd, err := p.Next()
		if err != nil {
			s.failed = true
			if fatal := s.syntaxError(err, file); fatal || stop {
				return
			}
			continue
		}
		if cmd == nil {
			return
		}
		if !s.execute(cmd) && stop {
			return
		}
	}
}

// syntaxError prints the stack of a command that could not be parsed; fatal
// tells that the input ended in it.
func (s *session) syntaxError(err error, file string) (fatal bool) {
	var e *syntax.Error
	if !errors.As(err, &e) {
		return true
	}
	s.out.blank()
	s.out.raw(append(append(append([]string{}, banner...), e.Lines...), e.Place(file))...)
	return e.Fatal
}

// checkSyntax parses the command file and runs nothing.
func (s *session) checkSyntax() int {
	read, err := s.commandFile(s.args.cmdfile)
	if err != nil {
		s.out.raw("RMAN-01003: unable to open file: " + s.args.cmdfile)
		return 1
	}
	p := syntax.NewParser(read)
	for {
		cmd, err := p.Next()
		if err != nil {
			s.syntaxError(err, s.args.cmdfile)
			return 1
		}
		if cmd == nil {
			s.out.blank()
			s.out.raw("The cmdfile has no syntax errors", "", "Recovery Manager complete.")
			return 0
		}
	}
}

// exitStatus applies the fault that hides or invents failures.
func (s *session) exitStatus(code int) int {
	switch s.faults.Exit {
	case "zero":
		return 0
	case "one":
		return 1
	}
	return code
}
