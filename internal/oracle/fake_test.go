package oracle

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"orabak-tui/internal/config"
)

// TestMain lets the test binary stand in for sqlplus: the fake ORACLE_HOME
// links to it.
func TestMain(m *testing.M) {
	if path := os.Getenv("FAKE_SQLPLUS"); path != "" {
		os.Exit(fakeSqlplus(path))
	}
	os.Exit(m.Run())
}

// scenario is what the fake answers: by the key of the question, or to all.
type scenario struct {
	Dir     string              // where calls are recorded
	Answers map[string][]string // key → output lines, as sqlplus prints them
	All     []string            // output for every question
	Exit    int                 // exit status, with All
	Noise   string              // printed before every answer
	Hang    bool                // never answer
}

var selectKey = regexp.MustCompile(`SELECT '([A-Z]+)\|'\|\|`)

func fakeSqlplus(path string) int {
	var s scenario
	data, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(data, &s) != nil {
		return 99
	}
	var script strings.Builder
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		script.WriteString(in.Text() + "\n")
	}
	record(s.Dir, "args", strings.Join(os.Args[1:], "\x00"))
	record(s.Dir, "env", strings.Join(os.Environ(), "\n"))
	record(s.Dir, "script", script.String())
	if s.Hang {
		stop := make(chan os.Signal, 1)
		signal.Notify(stop)
		fmt.Println("waiting")
		for range stop { // only a kill ends it
		}
	}
	fmt.Print(s.Noise)
	if s.All != nil {
		fmt.Println(strings.Join(s.All, "\n"))
		return s.Exit
	}
	key := ""
	if m := selectKey.FindStringSubmatch(script.String()); m != nil {
		key = m[1]
	}
	for _, line := range s.Answers[key] {
		fmt.Println(line)
		if strings.HasPrefix(line, "ORA-") {
			return 1
		}
	}
	return 0
}

func record(dir, kind, text string) {
	f, err := os.OpenFile(filepath.Join(dir, kind), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		fmt.Fprintf(f, "%s\n\x01\n", text)
		f.Close()
	}
}

// recorded returns what the fake saw, call by call.
func recorded(t *testing.T, s scenario, kind string) []string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(s.Dir, kind))
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(strings.Split(string(data), "\n\x01\n"), func(s string) bool { return s == "" })
}

// fake builds an ORACLE_HOME whose sqlplus plays s, and an Instance on it.
func fake(t *testing.T, s *scenario, change ...func(*Options)) *Instance {
	t.Helper()
	home := t.TempDir()
	s.Dir = t.TempDir()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	must(t, os.Mkdir(filepath.Join(home, "bin"), 0o700))
	for _, tool := range []string{"sqlplus", "rman"} {
		must(t, os.Symlink(exe, filepath.Join(home, "bin", tool)))
	}
	data, err := json.Marshal(s)
	must(t, err)
	file := filepath.Join(s.Dir, "scenario.json")
	must(t, os.WriteFile(file, data, 0o600))
	opt := Options{Home: home, SID: "ORCL", Target: config.NewSecret("/"), Env: append(os.Environ(), "FAKE_SQLPLUS="+file, "GORACE=atexit_sleep_ms=0")}
	for _, c := range change {
		c(&opt)
	}
	return New(opt)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// open is an open 19c database with everything that Facts asks for.
func open() *scenario {
	return &scenario{Answers: map[string][]string{
		"INSTANCE":  {"INSTANCE|OPEN|19.0.0.0.0|ORCL|db1.example.com|"},
		"PARAMETER": {"PARAMETER|control_file_record_keep_time|14|", "PARAMETER|spfile|/u01/dbs/spfileORCL.ora|", "PARAMETER|control_files|/u02/c1.ctl, /u03/c2.ctl|", "PARAMETER|db_recovery_file_dest|/fra|", "PARAMETER|db_recovery_file_dest_size|1000|"},
		"ZONE":      {"ZONE|-03:30|"},
		"DATABASE":  {"DATABASE|1748542883|ORCL|ORCL_A|ARCHIVELOG|READ WRITE|PRIMARY|925702|2024-11-03 11:28:12|9000123|9000001|CURRENT|"},
		"CDB":       {"CDB|YES|"},
		"DATAFILE": {"DATAFILE|3|1048576|ONLINE|READ WRITE|9000001|600|/u02/a b|c.dbf|",
			"DATAFILE|1|734003200|SYSTEM|READ WRITE|9000001|7|/u02/system01.dbf|"},
		"HEADER":      {"HEADER|1|9000001|YES||", "HEADER|3|0||FILE NOT FOUND|"},
		"TABLESPACE":  {"TABLESPACE|1|SYSTEM|", "TABLESPACE|3|SYSAUX|"},
		"REDO":        {"REDO|2|1|58|CURRENT|NO|8999999|", "REDO|1|1|57|INACTIVE|YES|8900000|"},
		"MEMBER":      {"MEMBER|1|/u02/redo01.log|", "MEMBER|2|/u02/redo02.log|", "MEMBER|2|/u03/redo02.log|", "MEMBER|7|/u02/standby.log|"},
		"THREAD":      {"THREAD|1|OPEN|PUBLIC|"},
		"DEST":        {"DEST|LOG_ARCHIVE_DEST_1|VALID||/u03/arch|", "DEST|LOG_ARCHIVE_DEST_2|ERROR|ORA-12541: TNS:no listener|stby|"},
		"INCARNATION": {"INCARNATION|1|1|2019-04-17 00:55:59|PARENT|", "INCARNATION|2|925702|2024-11-03 11:28:12|CURRENT|"},
		"AREA":        {"AREA|8589934592|123456|/fra|"},
		"CONFIG":      {"CONFIG|CONTROLFILE AUTOBACKUP|ON|", "CONFIG|CHANNEL|1 DEVICE TYPE DISK|", "CONFIG|CHANNEL|2 DEVICE TYPE DISK|"},
		"TRACKING":    {"TRACKING|ENABLED|"},
	}}
}

func facts(t *testing.T, i *Instance) *Facts {
	t.Helper()
	f, err := i.Facts(context.Background())
	must(t, err)
	return f
}
