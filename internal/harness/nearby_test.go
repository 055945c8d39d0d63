package harness

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"orabak-tui/internal/demo/rmansim"
	"orabak-tui/internal/rman"
)

// nearby runs the simulated rman inside of the test: months of runs would start
// thousands of processes. What it prints is read as the real driver does.
type nearby struct {
	home   string
	serial int
}

func (n *nearby) Run(ctx context.Context, job rman.Job) (rman.Result, error) {
	res := rman.Result{Summary: rman.NewSummary(), ExitCode: -1}
	if ctx.Err() != nil {
		return res, &rman.Error{Step: job.Name, Exit: -1, Text: "stopped", Err: context.Cause(ctx)}
	}
	n.serial++
	file := filepath.Join(job.Dir, fmt.Sprintf("%s-%d.rman", job.Name, n.serial))
	if err := os.WriteFile(file, []byte(job.Script.String()), 0o600); err != nil {
		return res, err
	}
	read, write := io.Pipe()
	parsed := make(chan struct{})
	go func() {
		defer close(parsed)
		n.listen(read, job, res.Summary)
	}()
	program := rmansim.Program{Stdin: strings.NewReader(""), Stdout: write, Stderr: io.Discard, Env: []string{
		"ORACLE_HOME=" + n.home, "ORACLE_SID=" + sid, "NLS_LANG=AMERICAN_AMERICA.AL32UTF8", "NLS_DATE_FORMAT=YYYY-MM-DD HH24:MI:SS"}}
	res.ExitCode = program.Run([]string{"target", "/", "nocatalog", "cmdfile=" + file})
	_ = write.Close()
	<-parsed
	res.Stack = res.Summary.Stack()
	switch {
	case res.Stack != nil:
		root := res.Stack.Root()
		return res, &rman.Error{Step: job.Name, Exit: res.ExitCode, Stack: res.Stack, Root: root.Code, Text: root.Text, Err: rman.ErrStack}
	case res.ExitCode != 0:
		return res, &rman.Error{Step: job.Name, Exit: res.ExitCode, Text: "exit status", Err: rman.ErrExit}
	}
	return res, nil
}

// listen reads what rman prints, line by line as it comes.
func (n *nearby) listen(r io.Reader, job rman.Job, sum *rman.Summary) {
	p := rman.NewParser(func(e rman.Event) {
		sum.Add(e)
		if job.OnEvent != nil {
			job.OnEvent(e)
		}
	})
	var rest []byte
	buf := make([]byte, 64<<10)
	for {
		k, err := r.Read(buf)
		rest = append(rest, buf[:k]...)
		for {
			line, after, ok := bytes.Cut(rest, []byte("\n"))
			if !ok {
				break
			}
			p.Line(string(line))
			rest = after
		}
		if err != nil {
			p.End()
			return
		}
	}
}
