package oracle

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"orabak-tui/internal/config"
)

// scenario is what testdata/sqlplus answers: by the key of the question, or to
// all questions the same.
type scenario struct {
	Dir     string              // where calls are recorded
	Answers map[string][]string // key → output lines, as sqlplus prints them
	All     []string            // output for every question
	Exit    int                 // exit status, with All
	Noise   string              // printed before every answer
	Hang    bool                // never answer
	Lacks   string              // columns that do not exist, in upper case
}

// recorded returns what the fake saw, call by call.
func recorded(t *testing.T, s scenario, kind string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(s.Dir, "*."+kind))
	must(t, err)
	var out []string
	for _, file := range files {
		data, err := os.ReadFile(file)
		must(t, err)
		out = append(out, string(data))
	}
	return out
}

// fake builds an ORACLE_HOME whose sqlplus plays s, and an Instance on it.
func fake(t *testing.T, s *scenario, change ...func(*Options)) *Instance {
	t.Helper()
	home := t.TempDir()
	s.Dir = t.TempDir()
	program, err := filepath.Abs(filepath.Join("testdata", "sqlplus"))
	must(t, err)
	must(t, os.Mkdir(filepath.Join(home, "bin"), 0o700))
	must(t, os.Symlink(program, filepath.Join(home, "bin", "sqlplus")))
	s.write(t)
	opt := Options{Home: home, SID: "ORCL", Target: config.NewSecret("/"), Env: append(os.Environ(), "FAKE_SQLPLUS="+s.Dir)}
	for _, c := range change {
		c(&opt)
	}
	return New(opt)
}

func (s *scenario) write(t *testing.T) {
	t.Helper()
	put := func(name, text string) {
		must(t, os.WriteFile(filepath.Join(s.Dir, name), []byte(text), 0o600))
	}
	lacks := ""
	must(t, os.Mkdir(filepath.Join(s.Dir, "answers"), 0o700))
	for key, lines := range s.Answers {
		put(filepath.Join("answers", key), strings.Join(append(lines, ""), "\n"))
	}
	if s.All != nil {
		put("all", strings.Join(append(s.All, ""), "\n"))
		put("exit", strconv.Itoa(s.Exit)+"\n")
	}
	if s.Noise != "" {
		put("noise", s.Noise)
	}
	for _, column := range strings.Fields(s.Lacks) {
		lacks += column + " " + strings.ToLower(column) + "\n"
	}
	if lacks != "" {
		put("lacks", lacks)
	}
	if s.Hang {
		put("hang", "")
	}
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
		"DATAFILE": {"DATAFILE|3|1048576|ONLINE|READ WRITE|9000001|600|8192|/u02/a b|c.dbf|",
			"DATAFILE|1|734003200|SYSTEM|READ WRITE|9000001|7|8192|/u02/system01.dbf|"},
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
