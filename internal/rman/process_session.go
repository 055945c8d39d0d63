package rman

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// maxLine bounds the memory of one line, in bytes; a longer one is handled in
// parts.
const maxLine = 128 << 10

// session is one job from start to end.
type session struct {
	job     Job
	files   jobFiles
	grace   time.Duration
	silence time.Duration
	noPTY   bool
	hide    *strings.Replacer

	parser  *Parser
	result  *Result
	rest    []byte   // an unfinished line
	last    []string // the last lines, for a failure without a code
	stopped error    // why we stopped RMAN; nil if it ended by itself
}

func (r *Runner) newSession(job Job, files jobFiles, result *Result) *session {
	s := &session{job: job, files: files, grace: r.Grace, silence: r.Silence, noPTY: r.NoPTY,
		hide: hider(r.Target.Reveal()), result: result}
	if s.grace <= 0 {
		s.grace = defaultGrace
	}
	s.parser = NewParser(s.event)
	return s
}

// run starts cmd and returns when it has ended. The error is one of starting.
func (s *session) run(ctx context.Context, cmd *exec.Cmd) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	p, err := start(cmd, s.noPTY)
	if err != nil {
		return fmt.Errorf("starting %s: %w", cmd.Path, err)
	}
	defer p.close()
	s.result.ExitCode = exitCode(s.attend(ctx, p))
	s.drain(p)
	if s.stopped != nil {
		p.kill() // helpers that outlived the interrupt
	}
	s.finish()
	return nil
}

// attend handles output until the child exits, and stops it when ctx ends or
// it falls silent. It returns Wait's error.
func (s *session) attend(ctx context.Context, p *process) error {
	done, chunks := ctx.Done(), p.chunks
	quiet := newWatchdog(s.silence)
	defer quiet.stop()
	var kill <-chan time.Time
	stop := func(why error) {
		s.stopped, s.result.Killed = why, true
		done, kill = nil, time.After(s.grace)
		quiet.stop()
		p.interrupt()
	}
	for {
		select {
		case chunk, ok := <-chunks:
			if !ok {
				chunks = nil
				continue
			}
			quiet.reset()
			s.take(chunk)
		case err := <-p.exited:
			return err
		case <-done:
			stop(context.Cause(ctx))
		case <-quiet.fired():
			if s.stopped == nil && !s.alive() {
				stop(fmt.Errorf("no output for %v: %w", s.silence, ErrSilent))
			}
			quiet.reset()
		case <-kill:
			p.kill()
		}
	}
}

func (s *session) alive() bool { return s.job.Alive != nil && s.job.Alive() }

// drain handles what the child left in the terminal.
func (s *session) drain(p *process) {
	pause := time.NewTimer(drainTime)
	defer pause.Stop()
	for drained := 0; drained < drainMost; {
		select {
		case chunk, ok := <-p.chunks:
			if !ok {
				return
			}
			drained += len(chunk)
			s.take(chunk)
			pause.Reset(drainTime)
		case <-pause.C:
			return
		}
	}
}

// take cuts output into lines.
func (s *session) take(chunk []byte) {
	for {
		i := bytes.IndexByte(chunk, '\n')
		if i < 0 {
			break
		}
		s.line(append(s.rest, chunk[:i]...))
		s.rest, chunk = s.rest[:0], chunk[i+1:]
	}
	s.rest = append(s.rest, chunk...)
	for len(s.rest) > maxLine {
		s.line(s.rest[:maxLine])
		s.rest = append(s.rest[:0], s.rest[maxLine:]...)
	}
}

// line hands one line to everyone who wants it. Credentials are gone from it.
func (s *session) line(raw []byte) {
	text := s.hide.Replace(strings.TrimRight(string(raw), "\r"))
	if s.job.Log != nil && s.result.LogErr == nil {
		_, s.result.LogErr = s.job.Log.Write([]byte(text + "\n"))
	}
	if s.job.OnLine != nil {
		s.job.OnLine(time.Now(), text)
	}
	if strings.TrimSpace(text) != "" {
		s.last = append(s.last, text[:min(len(text), 500)])
		s.last = s.last[max(0, len(s.last)-3):]
	}
	s.parser.Line(text)
}

// finish hands over an unfinished last line and ends the transcript.
func (s *session) finish() {
	if len(s.rest) > 0 {
		s.line(s.rest)
	}
	s.parser.End()
}

func (s *session) event(e Event) {
	s.result.Summary.Add(e)
	if e.Kind == KindConnected {
		s.files.discard() // RMAN has read it
	}
	if s.job.OnEvent != nil {
		s.job.OnEvent(e)
	}
}

// lastWords are the last lines of the output, made safe to print.
func (s *session) lastWords() string {
	if len(s.last) == 0 {
		return "; it printed nothing"
	}
	return fmt.Sprintf("; its last words: %+q", strings.Join(s.last, " / "))
}
