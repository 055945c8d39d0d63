package rman

import (
	"slices"
	"strings"
	"testing"
)

// The codes that a console must recognise, by the order in which an Oracle DBA
// meets them: staging, connection, logs, restore, recovery area, warnings,
// carriers, recovery, ASM, duplication.
var mustKnow = strings.Fields(`
ORA-19502 ORA-27072 ORA-27063 ORA-19504 ORA-27040 ORA-27044 ORA-27038 ORA-19510 ORA-27059 ORA-01031 ORA-12162
ORA-01034 ORA-27101 RMAN-04005 RMAN-04006 RMAN-04007 ORA-01017 ORA-28002 RMAN-00554 RMAN-06059 ORA-19625 ORA-27037
RMAN-06026 RMAN-06023 RMAN-06025 RMAN-06054 RMAN-06172 RMAN-06094 ORA-19870 ORA-19587 ORA-19599 ORA-19612 ORA-19505
ORA-19507 ORA-27029 ORA-19511 ORA-19573 ORA-28374 ORA-19913 ORA-19809 ORA-19804 RMAN-08120 RMAN-08137 RMAN-08138
RMAN-08187 RMAN-03002 RMAN-03009 RMAN-03014 RMAN-03015 RMAN-11003 ORA-01152 ORA-01194 ORA-01113 ORA-01110 ORA-01547
ORA-01157 ORA-00312 ORA-00313 ORA-01507 ORA-01109 RMAN-06403 ORA-01139 ORA-01589 ORA-19602 ORA-00257 ORA-16014
ORA-16038 ORA-00245 ORA-19566 ORA-01578 RMAN-06067 RMAN-06091 RMAN-06010 RMAN-20201 RMAN-20207 RMAN-20208 RMAN-06020
RMAN-06189 RMAN-01009 RMAN-00558 ORA-15028 ORA-15041 ORA-17502 ORA-19563 ORA-38760 ORA-19909 ORA-01666 ORA-16436
ORA-30012 ORA-19811 ORA-19813 ORA-19635 RMAN-06908 RMAN-06909 RMAN-06497 RMAN-06139 RMAN-05501 RMAN-05579 RMAN-05158
RMAN-05538`)

func TestCatalogueKnowsTheCodes(t *testing.T) {
	for _, code := range mustKnow {
		if _, ok := Lookup(code); !ok {
			t.Errorf("%s is not in the catalogue", code)
		}
	}
}

func TestCatalogueKnowsTheCorpus(t *testing.T) {
	for _, row := range corpusIndex(t) {
		codes := slices.Concat(row.list("stack_codes_in_order"), row.list("inline_codes_in_order"))
		for _, code := range codes {
			if _, ok := Lookup(code); !ok {
				t.Errorf("%s: %s is not in the catalogue", row["file"], code)
			}
		}
	}
}

func TestCatalogueEntriesAreWhole(t *testing.T) {
	n := 0
	for code, e := range catalogue {
		if c, rest := cutCode(code); c != code || rest != "" {
			t.Errorf("%q is no code", code)
		}
		if e.Code != code || e.Title == "" || e.Cause == "" || e.Remedy == "" || e.Severity == "" || e.Retry == "" {
			t.Errorf("%s lacks a field: %+v", code, e)
		}
		if e.Severity == Carrier && e.Retry == RetryHelps {
			t.Errorf("%s: a carrier cannot promise that a retry helps", code)
		}
		n++
	}
	total := 0
	for _, table := range [][]Entry{carriers, warnings, spaceErrors, pieceErrors, instanceErrors, connectErrors,
		recoveryErrors, backupErrors, repositoryErrors, infos} {
		total += len(table)
	}
	if n != total {
		t.Errorf("%d entries under %d codes: a code is there twice", total, n)
	}
}

func TestLookupUnknown(t *testing.T) {
	if e, ok := Lookup("ORA-99999"); ok || e.Code != "" {
		t.Errorf("Lookup of an unknown code gave %+v", e)
	}
}
