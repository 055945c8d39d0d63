package syntax

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

// lines makes a reader of a text.
func lines(text string) LineReader {
	rest := strings.Split(text, "\n")
	return func(bool, int) (string, bool) {
		if len(rest) == 0 {
			return "", false
		}
		l := rest[0]
		rest = rest[1:]
		return l, true
	}
}

// parse reads every command of the text.
func parse(text string) ([]Command, error) {
	p := NewParser(lines(text))
	var out []Command
	for {
		c, err := p.Next()
		if err != nil || c == nil {
			return out, err
		}
		out = append(out, c)
	}
}

func TestAccepts(t *testing.T) {
	for _, text := range []string{
		"backup database;",
		"BACKUP FULL DATABASE;",
		"backup as compressed backupset force incremental level 0 check logical tag 'A_L0' filesperset 8 database;",
		"backup incremental level 1 cumulative database tag \"DB Level 1\";",
		"backup incremental level=1 database filesperset=1 format='/x/%U';",
		"backup database include current controlfile plus archivelog tag='11-02-2022';",
		"backup archivelog all not backed up 1 times;",
		"backup archivelog all delete input tag \"ARC Level 0\";",
		"backup incremental level 0 archivelog all delete input tag \"ARC Level 0\";",
		"backup archivelog from sequence 5 until sequence 9 thread 1;",
		"backup archivelog sequence 7 thread 2;",
		"backup archivelog from sequence 5 until sequence 9 thread 1 incarnation 3;",
		"backup archivelog from sequence 5 incarnation all;",
		"backup archivelog sequence between 3 and 5;",
		"backup archivelog from time 'sysdate-2';",
		"backup archivelog from scn 100 until scn 200;",
		"backup archivelog like '%arc%';",
		"backup datafile 1,2, '/u01/x.dbf' section size 10M;",
		"backup (datafile 1 tag a) (datafile 2 tag b);",
		"backup tablespace users, system keep until time 'sysdate+30' logs;",
		"backup spfile;", "backup tag 'T' current controlfile;",
		"backup validate check logical database;",
		"backup datafile 1 current controlfile spfile;",
		"restore database;", "restore database until scn 5;", "restore database validate;",
		"restore database preview summary;", "restore datafile 3, 4 force;", "restore tablespace users;",
		"restore controlfile from '/s/c-1';", "restore controlfile from autobackup maxdays 10;",
		"restore controlfile to '/x' from '/s/c-1';", "restore spfile from '/s/c';",
		"restore spfile to pfile '/tmp/i.ora' from '/s/c';", "restore archivelog all;",
		"restore archivelog from sequence 4 until sequence 9;", "restore (database) validate check logical;",
		"recover database;", "recover database until sequence 9 thread 1;", "recover database noredo;",
		"recover database skip forever tablespace users;", "recover datafile 7;", "recover database delete archivelog maxsize 2G;",
		"recover database until time \"to_date('2020-09-05 04:42:54','YYYY-MM-DD HH24:MI:SS')\";",
		"set dbid 123;", "set dbid=123", "set controlfile autobackup format for device type disk to '/s/%F';",
		"set echo on;", "set controlfile autobackup off;",
		"catalog start with '/s/' noprompt;", "catalog start with '/s/';",
		"catalog backuppiece '/a', '/b';", "catalog datafilecopy '/a' level 0;", "catalog archivelog '/a','/b';",
		"catalog recovery area noprompt;",
		"change backuppiece '/a' unavailable;", "change backup tag 'x' available;", "change backuppiece 12,13 uncatalog;",
		"change archivelog all uncatalog;", "change backupset 7 unavailable;",
		"crosscheck backup;", "crosscheck archivelog all;", "crosscheck backup tag 'x';", "crosscheck backuppiece '/a';",
		"delete noprompt expired backup;", "delete force noprompt backuppiece '/a';", "delete noprompt obsolete;",
		"delete noprompt archivelog all completed before 'SYSDATE-1' backed up 1 times to device type disk;",
		"delete noprompt archivelog until sequence 9 thread 1 backed up 1 times to device type disk;",
		"delete backup of database completed before 'sysdate-7';",
		"list backup;", "list backup summary;", "list backup tag 'x';", "list backup of database summary;",
		"list archivelog all;", "list incarnation;", "list incarnation of database orcl;", "list expired backup;",
		"list backup of archivelog all;", "list backup of controlfile;", "list backupset 7;",
		"report schema;", "report obsolete;", "report need backup;", "show all;", "show controlfile autobackup format;",
		"configure controlfile autobackup on;", "configure backup optimization clear;",
		"configure retention policy to recovery window of 7 days;",
		"configure channel device type disk format '/r/%U' maxpiecesize 2g;",
		"configure device type disk parallelism 4 backup type to backupset;",
		"configure archivelog deletion policy to backed up 1 times to disk;",
		"configure controlfile autobackup format for device type disk to '/s/%F';",
		"configure snapshot controlfile name to '/x';",
		"startup;", "startup nomount;", "startup force nomount pfile='/i.ora';", "startup mount;",
		"shutdown;", "shutdown abort;", "shutdown immediate;",
		"alter database mount;", "alter database open resetlogs;", "alter system switch logfile;",
		"reset database to incarnation 2;", "sql 'alter system archive log current';",
		`sql "alter database rename file ''/a'' to ''/b''";`,
		"validate database;", "validate datafile 1;", "validate backupset 3;", "host 'true';", "host;",
		"exit", "quit;", "connect target /", "connect target 'sys/x@y';", "@/tmp/x.rcv",
		"run { backup database; }", "run\n{\nallocate channel c1 device type disk format '/x/%U' maxpiecesize 8G rate 10M;\nrelease channel c1;\n}",
		"run { set until scn 7; set newname for datafile 1 to '/x'; restore database; switch datafile all; recover database; }",
		"run { set command id to 'a'; set archivelog destination to '/x'; }",
		"run { allocate channel c1 type disk; catalog start with '/x' noprompt; sql 'x'; }",
		"# a comment\nbackup # another\n database;",
		"backup\ndatabase\n;",
		"backup format '/x/%U' database plus archivelog format '/y/%U';",
		"set dbid 12 # as documented\nstartup nomount;",
	} {
		if _, err := parse(text); err != nil {
			t.Errorf("refused %q: %v", text, err)
		}
	}
}

func TestRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"backup database":      "end-of-file",
		"backup;":              `found ";"`,
		"backup all;":          `found "all"`,
		"bakup database;":      "the bad identifier was: bakup",
		"list backup summary":  "end-of-file",
		"run { list backup; }": `found "list": expecting one of: "allocate, alter, backup`,
		"run { exit; }":        `found "exit"`,
		"run { reset database to incarnation 1; }":                   `found "reset"`,
		"run { run { } }":                                            `found "run"`,
		"run { backup database }":                                    `found "}"`,
		"run { backup database; )":                                   `found ")"`,
		"run { allocate channel for maintenance device type disk; }": `found "for"`,
		"allocate channel c1 device type disk;":                      `expecting one of: "for"`,
		"release channel c1;":                                        "the bad identifier was: c1",
		"set until scn 5;":                                           `found "until"`,
		"set newname for datafile 1 to '/x';":                        `found "newname"`,
		"set command id to 'x';":                                     `found "command"`,
		"run { set echo on; }":                                       `found "echo"`,
		"backup database incremental level 1;":                       `found "incremental"`,
		"backup incremental level 2 database;":                       `found "integer"`,
		"backup full incremental level 0 database;":                  "syntax error",
		"backup cumulative database;":                                "syntax error",
		"backup tag 'a' tag 'b' database;":                           "syntax error",
		"backup database tag;":                                       `found ";"`,
		"backup database tag full;":                                  `found "full"`,
		"backup archivelog;":                                         `found ";"`,
		"backup archivelog sequence 1 until sequence 2;":             `found "until"`,
		"backup archivelog from sequence 1 until scn 2;":             `found "scn"`,
		"backup controlfile;":                                        `found "controlfile"`,
		"backup current spfile;":                                     `found "spfile"`,
		"backup database not backed up 1 time;":                      `found "time"`,
		"backup database, archivelog all;":                           `found ","`,
		"restore;":                                                   `found ";"`,
		"restore controlfile from /x;":                               "RMAN-02001",
		"restore spfile from '/c' to '/x';":                          `found "to"`,
		"restore database until cancel;":                             "the bad identifier was: cancel",
		"recover database until cancel;":                             "the bad identifier was: cancel",
		"recover database using backup controlfile;":                 `found "using"`,
		"recover datafile 1 until scn 5;":                            `found "until"`,
		"catalog start '/x';":                                        "syntax error",
		"catalog '/x';":                                              "single-quoted-string",
		"catalog backuppiece '/a' noprompt;":                         `found "noprompt"`,
		"catalog backuppiece '/a' '/b';":                             "single-quoted-string",
		"change backuppiece '/a';":                                   `found ";"`,
		"delete expired noprompt backup;":                            `found "noprompt"`,
		"delete archivelog all backed up 1 times to disk;":           `found "disk"`,
		"delete archivelog;":                                         `found ";"`,
		"crosscheck;":                                                `found ";"`,
		"alter database open read only":                              "the bad identifier was: read",
		"shutdown now;":                                              "the bad identifier was: now",
		"startup restrict;":                                          "the bad identifier was: restrict",
		"startup nomount mount;":                                     "syntax error",
		"sql alter system switch logfile;":                           `found "alter"`,
		"select * from dual;":                                        "the bad identifier was: select",
		"duplicate target database to x;":                            "does not know this command",
		";":                                                          `found ";"`,
		"run { backup database; };":                                  `found ";"`,
		"backup database format '/x":                                 "RMAN-02002",
		"backup database format ~;":                                  "RMAN-02001",
		"set dbid;":                                                  `found ";"`,
		"set dbid 12 startup nomount;":                               `found "startup"`,
		"list backup tag;":                                           `found ";"`,
		"configure controlfile autobackup;":                          `found ";"`,
		"backup filesperset 99999999999999999999 database;":          "RMAN-02007",
		"shutdown immediate\nstartup mount;":                         `found "startup"`,
		"backup database -- trailing\n;":                             "RMAN-02001",
	} {
		_, err := parse(text)
		if err == nil {
			t.Errorf("accepted %q", text)
		} else if !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v\nwant %s", text, err, want)
		}
	}
}

func TestErrorShape(t *testing.T) {
	_, err := parse("run\n{\n  bogus;\n}")
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v", err)
	}
	if e.Lines[0] != parsing || e.Pos != (Pos{3, 3}) {
		t.Errorf("lines %q at %v", e.Lines, e.Pos)
	}
	if got, want := e.Place("standard input"), "RMAN-01007: at line 3 column 3 file: standard input"; got != want {
		t.Errorf("got %q want %q", got, want)
	}
}

func TestContents(t *testing.T) {
	for text, want := range map[string]Command{
		"backup as compressed backupset force incremental level 1 cumulative tag obk database;": &Backup{
			Compressed: true, Incremental: true, Level: 1, Cumulative: true,
			Options: BackupOptions{Force: true, Tag: "obk"}, Objects: []BackupObject{{Kind: Database}}},
		"backup archivelog from sequence 5 until sequence 9 thread 2 not backed up 2 times;": &Backup{
			Objects: []BackupObject{{Kind: Archivelogs, Options: BackupOptions{NotBackedUp: 2}, Logs: &LogRange{
				Thread: 2, Sequence: &Bounds{5, 9, true, true}}}}},
		"restore controlfile from autobackup;": &Restore{Auto: true, Objects: []RestoreObject{{Kind: Controlfile}}},
		"recover database until sequence 9;":   &Recover{Kind: Database, Until: &Until{Kind: "SEQUENCE", Number: 9, Thread: 1}},
		"delete noprompt archivelog all backed up 1 times to device type disk completed before 'sysdate-1';": &Delete{
			NoPrompt: true, What: Maint{Kind: Archivelogs, Logs: &LogRange{All: true}, BackedUp: 1, Before: "sysdate-1"}},
		"configure device type disk parallelism 4;": &Configure{Name: "DEVICE TYPE DISK",
			Value: "PARALLELISM 4 BACKUP TYPE TO BACKUPSET"},
		"catalog start with '/a''b' noprompt;": &Catalog{StartWith: "/a'b", HasPrefix: true, NoPrompt: true, Level: -1},
		"list backup tag 'x';":                 &List{What: Maint{Kind: Backups, Tag: "x"}},
		"alter system set a='b' scope=both;":   &SQL{Text: "ALTER system SET a = 'b' scope = both", Bare: true},
		`sql "rename ''a''";`:                  &SQL{Text: "rename ''a''"},
		"@ /tmp/x.rcv":                         &Include{},
		"@/tmp/x.rcv":                          &Include{File: "/tmp/x.rcv"},
	} {
		got, err := parse(text)
		if err != nil || len(got) == 0 {
			if text != "@ /tmp/x.rcv" {
				t.Errorf("%q: %v", text, err)
			}
			continue
		}
		if !reflect.DeepEqual(got[0], want) && text != "@ /tmp/x.rcv" {
			t.Errorf("%q: got %#v want %#v", text, got[0], want)
		}
	}
}

// TestReadsNoFurther proves that a command is returned before the next line is
// asked for: prompts depend on it.
func TestReadsNoFurther(t *testing.T) {
	read := 0
	var firsts []bool
	p := NewParser(func(first bool, n int) (string, bool) {
		firsts = append(firsts, first)
		read++
		return []string{"run {", "backup database; }", "", "exit", "never"}[read-1], true
	})
	for i, want := range []int{2, 4} {
		if _, err := p.Next(); err != nil {
			t.Fatal(err)
		}
		if read != want {
			t.Errorf("command %d: read %d lines, want %d", i, read, want)
		}
	}
	if want := []bool{true, false, true, false}; !reflect.DeepEqual(firsts, want) {
		t.Errorf("first flags %v want %v", firsts, want)
	}
}

// TestGoesOnAfterError: the rest of the faulty line is dropped, the next is
// read as a new command.
func TestGoesOnAfterError(t *testing.T) {
	p := NewParser(lines("bogus one; backup database;\nshow all;"))
	if _, err := p.Next(); err == nil {
		t.Fatal("no error")
	}
	c, err := p.Next()
	if _, ok := c.(*Show); !ok || err != nil {
		t.Fatalf("got %#v, %v", c, err)
	}
}

func TestLimits(t *testing.T) {
	_, err := parse("backup " + strings.Repeat(" ", maxLine) + "database;")
	if err == nil || !strings.Contains(err.Error(), "RMAN-02006") {
		t.Errorf("long line: %v", err)
	}
	_, err = parse("catalog backuppiece '" + strings.Repeat("x", maxString+1) + "';")
	if err == nil || !strings.Contains(err.Error(), "RMAN-02004") {
		t.Errorf("long string: %v", err)
	}
}

func FuzzParser(f *testing.F) {
	f.Add("run { backup database; }\nlist backup;")
	f.Add("set dbid 1\n'\"")
	f.Fuzz(func(t *testing.T, text string) {
		p := NewParser(lines(text))
		for range 1000 {
			c, err := p.Next()
			if c == nil && err == nil {
				return
			}
			var e *Error
			if errors.As(err, &e) && e.Fatal {
				return
			}
		}
	})
}
