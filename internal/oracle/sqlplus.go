package oracle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// maxAnswer bounds the memory of one answer, in bytes. The control file of a
// large site holds some tens of thousands of records of about 100 bytes.
const maxAnswer = 256 << 20

// settings make sqlplus print bare rows. They come after the site's own
// glogin.sql and so win. DEFINE OFF keeps an ampersand from asking back.
const settings = `SET DEFINE OFF
SET ECHO OFF
SET FEEDBACK OFF
SET HEADING OFF
SET LINESIZE 32767
SET PAGESIZE 0
SET TAB OFF
SET TRIMOUT ON
SET TRIMSPOOL ON
SET VERIFY OFF
`

// Error is a question that Oracle did not answer.
type Error struct {
	Question string // what was asked: instance, datafiles, …
	Code     string // first ORA- or SP2- code, if any
	Text     string // the message of Code, or what else went wrong
	cause    error
}

// Error names the question and the reason.
func (e *Error) Error() string {
	s := "sqlplus: asking for " + e.Question + ": "
	if e.Code != "" {
		s += e.Code + ": "
	}
	if e.cause != nil && e.Text == "" {
		return s + e.cause.Error()
	}
	return s + e.Text + e.advice()
}

// advice is the remedy of the fault behind e.
func (e *Error) advice() string {
	if r := Remedy(e.cause); r != "" {
		return "; " + r
	}
	return ""
}

// Unwrap gives the *Fault behind the code, or the cause.
func (e *Error) Unwrap() error { return e.cause }

// question is one SELECT. Each row is printed as KEY|field|…|field| on a line.
type question struct {
	name   string   // for messages
	key    string   // first field of every row
	fields []string // SQL expressions, in order; a path comes last
	from   string   // view, with a WHERE clause if needed
	may    []string // columns that a release may lack; they read as NULL then

	command string // a command of sqlplus instead of the SELECT
}

// sql renders the SELECT. The bar at the end shows that a row is whole.
func (q question) sql() string {
	if q.command != "" {
		return q.command
	}
	return "SELECT '" + q.key + "|'||" + strings.Join(q.fields, "||'|'||") + "||'|' FROM " + q.from + ";\n"
}

// date is the SQL expression of a column of type DATE.
func date(column string) string { return "TO_CHAR(" + column + ",'YYYY-MM-DD HH24:MI:SS')" }

// ask runs one question and returns its rows, each with len(q.fields) fields.
func (i *Instance) ask(ctx context.Context, q question) ([]row, error) {
	for {
		out, err := i.run(ctx, q)
		if err == nil {
			return readRows(q, out)
		}
		var lacks bool
		if q, lacks = q.without(err); !lacks {
			return nil, err
		}
	}
}

// without returns q with NULL in the place of the column that err says does not
// exist, if q can do without it.
func (q question) without(err error) (question, bool) {
	var e *Error
	if !errors.As(err, &e) || e.Code != "ORA-00904" {
		return q, false
	}
	for n, field := range q.fields {
		for _, column := range q.may {
			if strings.Contains(field, column) && strings.Contains(e.Text, `"`+strings.ToUpper(column)+`"`) {
				q.fields = slices.Clone(q.fields)
				q.fields[n] = "NULL"
				return q, true
			}
		}
	}
	return q, false
}

// askOptional is ask for what some releases, editions or states do not answer:
// an error that only this question meets (no such view, no such column) is no
// rows; one that every question would meet is returned.
func (i *Instance) askOptional(ctx context.Context, q question) ([]row, error) {
	rows, err := i.ask(ctx, q)
	if err != nil && !fatal(err) {
		return nil, nil
	}
	return rows, err
}

// fatal tells the errors that would meet every question.
func fatal(err error) bool {
	var e *Error
	return err != nil && (!errors.As(err, &e) || e.Code == "" || e.cause != nil)
}

// run feeds one script to a fresh sqlplus and returns its output.
func (i *Instance) run(ctx context.Context, q question) ([]byte, error) {
	if err := i.checkSID(); err != nil {
		return nil, err
	}
	path, err := Tool(i.opt.Home, "sqlplus")
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, i.opt.Timeout)
	defer cancel()
	login, connect := i.login()
	stdin := strings.NewReader(settings + connect + "WHENEVER SQLERROR EXIT FAILURE\n" + q.sql() + "EXIT\n")
	out := &bounded{limit: maxAnswer}
	cmd := exec.CommandContext(ctx, path, append([]string{"-S", "-L"}, login)...)
	cmd.Env = Environ(i.opt.Env, i.opt.Home, i.opt.SID)
	if i.opt.SQLPlus != nil {
		if exit := i.opt.SQLPlus(cmd.Args[1:], stdin, out, cmd.Env); exit != 0 {
			err = fmt.Errorf("exit status %d", exit)
		}
		return out.Bytes(), i.verdict(ctx, q, out, err)
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, out, out
	cmd.WaitDelay = 5 * time.Second
	ownGroup(cmd)
	err = cmd.Run()
	return out.Bytes(), i.verdict(ctx, q, out, err)
}

// verdict turns the end of the process into an error, nil when it answered.
func (i *Instance) verdict(ctx context.Context, q question, out *bounded, err error) error {
	if ctx.Err() != nil {
		return i.gaveUp(ctx, q)
	}
	if e := readError(q, out.Bytes()); e != nil {
		return e
	}
	if out.full {
		return &Error{Question: q.name, Text: fmt.Sprintf("the answer is larger than %d bytes", maxAnswer)}
	}
	if err != nil {
		return &Error{Question: q.name, Text: "sqlplus: " + err.Error() + lastWords(out.Bytes()), cause: err}
	}
	return nil
}

func (i *Instance) gaveUp(ctx context.Context, q question) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return &Error{Question: q.name, cause: ctx.Err(),
			Text: fmt.Sprintf("no answer within %v; the instance may hang: look at its alert log", i.opt.Timeout)}
	}
	return &Error{Question: q.name, Text: "cancelled", cause: ctx.Err()}
}

// local tells whether the target is this host's instance, by operating system
// authentication; such a connect string is no secret.
func (i *Instance) local() bool {
	target := strings.TrimSpace(i.opt.Target.Reveal())
	return target == "" || target == "/" || strings.HasPrefix(strings.ToUpper(target), "/ AS ")
}

// login gives sqlplus's argument and the CONNECT line for its standard input:
// a password never stands in an argument.
func (i *Instance) login() (arg, connect string) {
	target := strings.TrimSpace(i.opt.Target.Reveal())
	if i.local() {
		if strings.Contains(target, " ") {
			return target, ""
		}
		return "/ as sysdba", ""
	}
	if !strings.Contains(strings.ToUpper(target), " AS SYS") {
		target += " AS SYSDBA" // as RMAN does by itself
	}
	return "/nolog", "CONNECT " + target + "\n"
}

// bounded is a buffer that remembers when it had to drop something.
type bounded struct {
	bytes.Buffer
	limit int
	full  bool
}

// Write keeps what fits and claims all, so that the child never blocks.
func (b *bounded) Write(p []byte) (int, error) {
	if room := b.limit - b.Len(); room < len(p) {
		b.full = true
		_, _ = b.Buffer.Write(p[:max(room, 0)])
		return len(p), nil
	}
	return b.Buffer.Write(p)
}
