package harness

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// tries counts, for each fault, how often each invariant was looked at and
// held. A try that does not hold fails its test, and then no report is written.
var tries = struct {
	mu    sync.Mutex
	count map[string]*[11]int // by fault; index is the invariant
}{count: map[string]*[11]int{}}

// tried counts a try in which the invariants held.
func tried(fault string, invariants ...int) {
	tries.mu.Lock()
	defer tries.mu.Unlock()
	row := tries.count[fault]
	if row == nil {
		row = &[11]int{}
		tries.count[fault] = row
	}
	for _, i := range invariants {
		row[i]++
	}
}

// invariants in short, as the design has them at length.
var invariants = [11]string{
	1:  "An archived log leaves the host only when a committed set on S3 holds it, and not before its time.",
	2:  "A staged piece is deleted only after S3 confirmed it; RMAN believes in no piece that is nowhere.",
	3:  "A manifest names only what S3 has, byte for byte, and nothing lies beside it.",
	4:  "What the next level 1 builds on stays AVAILABLE in RMAN's repository.",
	5:  "Any moment is a good moment for kill -9: the next run or resume ends well and leaves nothing behind.",
	6:  "A restore that can lose nothing loses nothing.",
	7:  "A target that cannot be reached is refused before anything is touched.",
	8:  "Nothing that comes from outside is trusted.",
	9:  "Secrets reach no log, journal, screen, command line or error; files are for their owner alone.",
	10: "Exit status 0 means that the manifest was read back from S3.",
}

// account is what one run of the harness tried; -records keeps them, so that the
// long version can be run in parts.
type account struct {
	Version string              // long or short
	Seed    uint64              // of all dice
	Run     string              // -run, empty for all tests
	Tries   map[string]*[11]int // as in tries
}

// thisRun is the account of the run that ends now.
func thisRun() account {
	tries.mu.Lock()
	defer tries.mu.Unlock()
	a := account{Version: "short", Seed: *seed, Run: flag.Lookup("test.run").Value.String(), Tries: maps.Clone(tries.count)}
	if *long {
		a.Version = "long"
	}
	return a
}

// keep writes the account into a folder, in place of an earlier one of the same
// tests and seed.
func (a account) keep(dir string) error {
	b, err := json.MarshalIndent(a, "", " ")
	if err != nil {
		return err
	}
	hash := sha256.Sum256([]byte(a.Run))
	name := fmt.Sprintf("%s-%d-%x.json", a.Version, a.Seed, hash[:8])
	return os.WriteFile(filepath.Join(dir, name), b, 0o600)
}

// kept reads all accounts of a folder.
func kept(dir string) (all []account, err error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.json")) // sorted
	for _, f := range files {
		b, rerr := os.ReadFile(f)
		var a account
		if err := errors.Join(rerr, json.Unmarshal(b, &a)); err != nil {
			return nil, fmt.Errorf("%s: %w", f, err)
		}
		all = append(all, a)
	}
	return all, err
}

// writeReport writes docs/reliability.md.
func writeReport(path string, all []account) error {
	var b bytes.Buffer
	b.WriteString(preface)
	b.WriteString("## What was tried\n\nThe number says how often the invariant was looked at under that fault; it held every time, or this page would not have\nbeen written. It adds up these runs:\n\n| version | seed | tests | looks |\n|---|--:|---|--:|\n")
	sum := map[string]*[11]int{}
	for _, a := range all {
		tests, looks := "all", 0
		if a.Run != "" {
			tests = "`" + strings.ReplaceAll(a.Run, "|", "`, `") + "`"
		}
		for fault, counts := range a.Tries {
			if sum[fault] == nil {
				sum[fault] = &[11]int{}
			}
			for i, n := range counts {
				sum[fault][i] += n
				looks += n
			}
		}
		fmt.Fprintf(&b, "| %s | %d | %s | %d |\n", a.Version, a.Seed, tests, looks)
	}
	b.WriteString("\n")
	table(&b, sum)
	b.WriteString("\nThe invariants (design, section 4):\n\n")
	for i, text := range invariants[1:] {
		fmt.Fprintf(&b, "%d. %s\n", i+1, text)
	}
	b.WriteString(models)
	if err := fuzzTargets(&b, "../.."); err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o644) //nolint:gosec // a page of documentation
}

// table writes the tries by fault.
func table(b *bytes.Buffer, tries map[string]*[11]int) {
	b.WriteString("| fault | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	var sum [11]int
	row := func(name string, counts [11]int) {
		fmt.Fprintf(b, "| %s |", name)
		for _, n := range counts[1:] {
			if n == 0 {
				b.WriteString(" |")
				continue
			}
			fmt.Fprintf(b, " %d |", n)
		}
		b.WriteString("\n")
	}
	for _, fault := range slices.Sorted(maps.Keys(tries)) {
		row(fault, *tries[fault])
		for i, n := range tries[fault] {
			sum[i] += n
		}
	}
	row("**all**", sum)
}

// fuzzTargets lists the fuzz targets of the module by package.
func fuzzTargets(b *bytes.Buffer, root string) error {
	found := map[string][]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		for lines := bufio.NewScanner(f); lines.Scan(); {
			if name, ok := strings.CutPrefix(lines.Text(), "func Fuzz"); ok {
				name, _, _ = strings.Cut(name, "(")
				pkg, _ := filepath.Rel(root, filepath.Dir(path))
				found[pkg] = append(found[pkg], "Fuzz"+name)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	b.WriteString("\n## Fuzz targets\n\nEvery reader of outside bytes has one, with seeds; `.ci/fuzz 60s` runs each for a minute.\n\n| package | targets |\n|---|---|\n")
	for _, pkg := range slices.Sorted(maps.Keys(found)) {
		slices.Sort(found[pkg])
		fmt.Fprintf(b, "| `%s` | %s |\n", pkg, strings.Join(found[pkg], ", "))
	}
	return nil
}

const preface = `# Reliability

This page is written by ` + "`internal/harness`" + `: it runs the real program on a simulated Oracle and an S3 server, makes
something go wrong, lets the next run or a resume follow, and then looks whether what must always hold still holds: no
archived change lost, no manifest naming what is not there, no staged piece orphaned, no lock stuck, no multipart upload
left, RMAN's repository believing only in pieces that S3 has. Behind each series of tries stands the loss of everything,
a restore, and the comparison of every block with a ledger that the program never sees.

` + "```" + `
ORABAK_HARNESS=1 go test -parallel 4 ./internal/harness                      the short version, as CI runs it
go test ./internal/harness -long -timeout 6h                                 every point, every code
go test ./internal/harness -long -seed 7 -run TestCrash                      other dice; a failure prints its seed
go test ./internal/harness -long -timeout 6h -report ../../docs/reliability.md   this page
` + "```" + `

`

const models = `
## What is modelled, and what is not

- **kill -9** is real: the process kills itself with SIGKILL right before or right after it writes a mark of its journal,
  or is killed at a random moment: the program, RMAN, or both. RMAN dies with the program by a SIGTERM of the kernel's;
  that it does not, and goes on in a folder that the next run clears away, is a row of its own. What a killed process had
  asked S3 for is over before the next run begins.
- **Power loss.** The program runs under a seccomp filter that reports every fsync to the harness, which takes down what
  the file or folder held then. After the kill, what was not synced is gone, torn, empty, zeros or there, by the dice, or
  all gone (the cruel half of the tries); names that were made or removed without a sync of their folder go or come back.
  What RMAN syncs by itself does not count. The database's own files are left to Oracle, the instance goes down; S3 is
  another host.
- **S3 faults** are made by a proxy before the server. Permanent ones last until the run has given up. An outage of
  minutes passes on an invented clock. Which servers of others were there is in the table; IAM policies are enforced by a
  guard in the test, not by these servers.
- **RMAN's codes** are printed in a stack of RMAN's form by the simulated rman, instead of the script or behind it.
- **Roles.** The simulation has no standby: a database that was switched over is mounted, and its facts say so.
- **Clocks** jump for the program between and in runs; Oracle's own clock stays.
- The simulated Oracle is as strict as we know the real one to be, and no stricter. Neither a real Oracle nor AWS itself
  was at hand.
`
