package backup

import (
	"strings"
	"testing"

	"orabak-tui/internal/config"
	"orabak-tui/internal/oracle"
)

func TestScriptsSayWhatIsConfigured(t *testing.T) {
	g := group{Files: []fileLevel{{File: oracle.Datafile{Number: 3}, Level: 0}, {File: oracle.Datafile{Number: 7}, Level: 1}}}
	w := writing{Dir: "/stage/r", Tag: "T", Channels: 2, SectionSize: 64 << 20, MaxPiece: 4 << 30, FilesPerSet: 1, Compression: "medium"}
	tests := []struct {
		name    string
		change  func(*writing)
		has     []string
		without []string
	}{
		{"as it is", func(*writing) {}, []string{
			"SET COMPRESSION ALGORITHM 'MEDIUM';", "AS COMPRESSED BACKUPSET", "SECTION SIZE 64M", "DATAFILE 3", "DATAFILE 7", "'/stage/r/%F'"},
			[]string{"MAXPIECESIZE", "DELETE", "CONFIGURE", "CROSSCHECK", "DATABASE"}},
		{"basic is RMAN's default", func(w *writing) { w.Compression = "basic" }, []string{"AS COMPRESSED BACKUPSET"}, []string{"ALGORITHM"}},
		{"none", func(w *writing) { w.Compression = "none" }, nil, []string{"COMPRESS"}},
		{"pieces", func(w *writing) { w.SectionSize = 0 }, []string{"MAXPIECESIZE 4G"}, []string{"SECTION"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := w
			tt.change(&w)
			script, err := w.datafiles("datafiles-1", g, false)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range tt.has {
				if !strings.Contains(script.String(), want) {
					t.Errorf("lacks %q:\n%s", want, script)
				}
			}
			for _, not := range tt.without {
				if strings.Contains(script.String(), not) {
					t.Errorf("says %q:\n%s", not, script)
				}
			}
		})
	}
}

// Releases before 12.1 take sections of a level 0 only.
func TestLevel1InSectionsNeedsRelease12(t *testing.T) {
	for version, whole := range map[string]bool{"11.2.0.4.0": true, "12.1.0.2.0": false, "19.0.0.0.0": false, "": false} {
		w := writing{SectionSize: 1 << 20, WholeLevel1: beforeRelease12(version)}
		if w.sections(0) != 1<<20 || (w.sections(1) == 0) != whole {
			t.Errorf("%s: level 0 in %d, level 1 in %d", version, w.sections(0), w.sections(1))
		}
	}
}

// CONFIGURE EXCLUDE leaves tablespaces out of BACKUP DATABASE, not out of files
// that are named.
func TestExcludedByConfigureIsNamed(t *testing.T) {
	files := []oracle.Datafile{{Number: 1}, {Number: 2}}
	s := &session{facts: &oracle.Facts{Datafiles: files}, d: Deps{Config: &config.Config{}}, groups: []group{{Files: make([]fileLevel, 2)}}}
	if !s.everything() {
		t.Error("one group of all files is the whole database")
	}
	s.facts.Config = map[string]string{"EXCLUDE FOR TABLESPACE": "'USERS'"}
	if s.everything() {
		t.Error("the files must be named")
	}
}

// What V$RMAN_CONFIGURATION may say of copies, in the spellings of releases.
func TestDuplexed(t *testing.T) {
	for want, configs := range map[bool][]map[string]string{
		true: {
			{"DATAFILE BACKUP COPIES FOR DEVICE TYPE": "DISK TO 2"},
			{"ARCHIVELOG BACKUP COPIES FOR DEVICE TYPE": "'SBT_TAPE' TO 1; DISK TO 3"},
			{"DATAFILE BACKUP COPIES FOR DEVICE TYPE DISK": "TO 4"},
		},
		false: {
			nil,
			{"DATAFILE BACKUP COPIES FOR DEVICE TYPE": "DISK TO 1"},
			{"ARCHIVELOG BACKUP COPIES FOR DEVICE TYPE": "'SBT_TAPE' TO 2"},
			{"CHANNEL": "DEVICE TYPE DISK FORMAT '/b TO 2'"},
		},
	} {
		for _, c := range configs {
			if got := duplexed(c); got != want {
				t.Errorf("%v: %v", c, got)
			}
		}
	}
	script, err := writing{Dir: "/s/run", Tag: "T", Channels: 1, OneCopy: true}.logs("logs", true, true)
	if err != nil || !strings.Contains(script.String(), "SET BACKUP COPIES 1;") {
		t.Errorf("%v\n%s", err, script)
	}
}
