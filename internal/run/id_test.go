package run

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 23, 15, 3, 12, 0, time.FixedZone("CET", 3600))

type noRandom struct{}

func (noRandom) Read([]byte) (int, error) { return 0, errors.New("no random numbers") }

func TestIDs(t *testing.T) {
	id := NewID("full", noon, bytes.NewReader([]byte{0x7f, 0x3a}))
	if id != childID {
		t.Errorf("NewID = %s", id)
	}
	if got := SetID(id, "ORCL"); got != "20261123T140312Z-full-ORCL-7f3a" {
		t.Errorf("SetID = %s", got)
	}
	if got := Tag(id); got != "OB20261123T140312_7F3A" {
		t.Errorf("Tag = %s", got)
	}
	if got := SetID(id, "a/..$b"); got != "20261123T140312Z-full-a____b-7f3a" {
		t.Errorf("SetID of a hostile name = %s", got)
	}
	if SetID("x", "ORCL") != "" || Tag("x") != "" {
		t.Error("ids made of nothing")
	}
	p, err := ParseID("20261123T140312Z-incremental-ORCL_1-00ff")
	want := ID{Time: noon.UTC(), Kind: "incremental", DBName: "ORCL_1", Suffix: "00ff"}
	if err != nil || p != want || p.String() != "20261123T140312Z-incremental-ORCL_1-00ff" {
		t.Errorf("ParseID = %+v, %v", p, err)
	}
	for _, bad := range []string{"", "..", id + "/", id + "\n", "../" + id, "20261323T140312Z-full-7f3a", "20261123T140312Z-FULL-7f3a", "20261123T140312Z-full-7F3A", "20261123T140312Z-full-a-b-7f3a"} {
		if _, err := ParseID(bad); err == nil {
			t.Errorf("ParseID took %q", bad)
		}
	}
}

func TestNewIDAlwaysParses(t *testing.T) {
	for _, kind := range []string{"", "FULL", "a-b/c", strings.Repeat("x", 50)} {
		if _, err := ParseID(NewID(kind, noon, nil)); err != nil {
			t.Errorf("kind %q: %v", kind, err)
		}
	}
	if _, err := ParseID(NewID("full", noon, noRandom{})); err != nil {
		t.Errorf("without random numbers: %v", err)
	}
}

func TestTagIsOneForRMAN(t *testing.T) {
	form := regexp.MustCompile(`^[A-Z][A-Z0-9_]{1,29}$`)
	if tag := Tag(NewID("archivelog", noon, nil)); !form.MatchString(tag) {
		t.Errorf("tag %q", tag)
	}
}

func TestIDFromEnv(t *testing.T) {
	t.Setenv(EnvID, childID)
	if got := IDFromEnv("full", noon, nil); got != childID {
		t.Errorf("IDFromEnv = %s", got)
	}
	if got := IDFromEnv("full", noon, nil); got == childID {
		t.Error("the id was given twice")
	}
	for _, bad := range []string{"../../etc", "20261123T140312Z-restore-7f3a", "20261123T140312Z-full-ORCL-7f3a"} {
		t.Setenv(EnvID, bad)
		if got := IDFromEnv("full", noon, nil); got == bad {
			t.Errorf("took %q", bad)
		}
	}
}
