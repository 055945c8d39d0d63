package rman

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// jobFiles are the files of one job: the script, kept, and for a target with
// credentials the command file that connects first, removed.
type jobFiles struct {
	script   string // absolute path
	secret   string // absolute path, empty without credentials
	argument string // what CMDFILE names
}

// discard removes the file with credentials. It may be called twice.
func (f jobFiles) discard() {
	if f.secret != "" {
		_ = os.Remove(f.secret)
	}
}

var (
	jobName   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)
	plainPath = regexp.MustCompile(`^[A-Za-z0-9._/-]+$`)
)

// writeFiles writes the command file or files, 0600 in a 0700 folder.
func (r *Runner) writeFiles(job Job) (jobFiles, error) {
	var f jobFiles
	if !jobName.MatchString(job.Name) {
		return f, &Refused{What: "job name", Value: job.Name, Why: "it is to be a file name", Remedy: "use letters, digits, - and _"}
	}
	if job.Script == nil {
		return f, errors.New("no script is given")
	}
	dir, err := filepath.Abs(job.Dir)
	if err != nil {
		return f, fmt.Errorf("the run's folder: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return f, fmt.Errorf("the run's folder: %w", err)
	}
	if f.script, err = createNew(dir, job.Name, job.Script.String()); err != nil {
		return f, err
	}
	f.argument = commandFile(f.script)
	if r.remote() {
		err = r.writeSecret(dir, job, &f)
	}
	return f, err
}

// createNew writes a new file NAME.rman, or NAME-2.rman …: the script of an
// earlier attempt stays.
func createNew(dir, name, text string) (string, error) {
	for n := 1; ; n++ {
		path := filepath.Join(dir, name+".rman")
		if n > 1 {
			path = filepath.Join(dir, fmt.Sprintf("%s-%d.rman", name, n))
		}
		file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if os.IsExist(err) && n < 10000 {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("writing the script: %w", err)
		}
		_, err = file.WriteString(text)
		if err = errors.Join(err, file.Close()); err != nil {
			return "", fmt.Errorf("writing the script: %w", err)
		}
		return path, nil
	}
}

// writeSecret writes the command file that connects with credentials and then
// does what the kept script says. What a killed run left behind goes first.
func (r *Runner) writeSecret(dir string, job Job, f *jobFiles) error {
	connect, err := connectTarget(strings.TrimSpace(r.Target.Reveal()))
	if err != nil {
		return err
	}
	old, _ := filepath.Glob(filepath.Join(dir, ".connect-*"))
	for _, path := range old {
		_ = os.Remove(path)
	}
	file, err := os.CreateTemp(dir, ".connect-*.rman") // created 0600
	if err != nil {
		return fmt.Errorf("writing the command file: %w", err)
	}
	f.secret, f.argument = file.Name(), commandFile(file.Name())
	_, err = file.WriteString(connect + "\n" + job.Script.String())
	if err = errors.Join(err, file.Close()); err != nil {
		f.discard()
		return fmt.Errorf("writing the command file: %w", err)
	}
	return nil
}

// connectTarget renders CONNECT TARGET. The error does not tell the value.
func connectTarget(target string) (string, error) {
	quote := "'"
	if strings.Contains(target, "'") {
		quote = `"`
	}
	if strings.Contains(target, quote) || strings.ContainsAny(target, "\r\n\x00&;") {
		return "", errors.New("RMAN_TARGET cannot be used in an RMAN script: it contains both kinds of quotes, " +
			"a line break, & or ;; change the password, or use \"/\"")
	}
	return "CONNECT TARGET " + quote + target + quote, nil
}

// commandFile names the file for CMDFILE. RMAN reads its arguments as RMAN
// text, so an unusual folder is left out: RMAN is started in it.
func commandFile(path string) string {
	if plainPath.MatchString(path) {
		return path
	}
	return filepath.Base(path)
}
