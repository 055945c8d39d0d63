package oradb

import (
	"fmt"
	"time"
)

// Branch names an incarnation the way redo and backups do.
type Branch struct {
	SCN  SCN       // RESETLOGS_CHANGE#
	Time time.Time // RESETLOGS_TIME, whole seconds, UTC
}

// Equal tells whether two branches are the same incarnation.
func (b Branch) Equal(o Branch) bool { return b.SCN == o.SCN && b.Time.Equal(o.Time) }

// String is for messages.
func (b Branch) String() string {
	return fmt.Sprintf("RESETLOGS SCN %d of %s", b.SCN, b.Time.Format(time.RFC3339))
}

// cut is the first SCN of the parent that did not survive this RESETLOGS: the
// recovery ended there.
func (b Branch) cut() SCN { return max(b.SCN, 1) - 1 }

// path gives the incarnations from the first ancestor to the current one.
func (c *Control) path() []Incarnation {
	var out []Incarnation
	at := c.Resetlogs
	for range len(c.Incarnations) {
		inc := c.incarnation(at)
		if inc == nil {
			break
		}
		out = append([]Incarnation{*inc}, out...)
		at = inc.Prior
	}
	return out
}

func (c *Control) incarnation(b Branch) *Incarnation {
	for i := range c.Incarnations {
		if c.Incarnations[i].Equal(b) {
			return &c.Incarnations[i]
		}
	}
	return nil
}

// InBranch tells whether redo or a backup of incarnation b at SCN s belongs to
// the history of the control file's current incarnation.
func (c *Control) InBranch(b Branch, s SCN) bool {
	path := c.path()
	for i, inc := range path {
		if inc.Equal(b) {
			return i == len(path)-1 || s <= path[i+1].cut()
		}
	}
	return false
}

// childOnPath is the incarnation after b on the way to the current one.
func (c *Control) childOnPath(b Branch) (Incarnation, bool) {
	path := c.path()
	for i, inc := range path {
		if inc.Equal(b) && i+1 < len(path) {
			return path[i+1], true
		}
	}
	return Incarnation{}, false
}

// addIncarnation records an incarnation with the next number.
func (c *Control) addIncarnation(b, prior Branch) {
	n := Incarnation{Number: 1, Branch: b, Prior: prior, Status: "ORPHAN"}
	for _, inc := range c.Incarnations {
		n.Number = max(n.Number, inc.Number+1)
	}
	if p := c.incarnation(prior); p != nil {
		n.PriorNumber = p.Number
	}
	c.Incarnations = append(c.Incarnations, n)
}

// setCurrent makes b the incarnation of the database and corrects the states.
func (c *Control) setCurrent(b Branch) {
	c.Resetlogs, c.PriorReset = b, Branch{}
	if inc := c.incarnation(b); inc != nil {
		c.PriorReset = inc.Prior
	}
	for i := range c.Incarnations {
		c.Incarnations[i].Status = "ORPHAN"
	}
	for _, p := range c.path() {
		c.incarnation(p.Branch).Status = "PARENT"
	}
	if inc := c.incarnation(b); inc != nil {
		inc.Status = "CURRENT"
	}
}

// learn records an incarnation that a cataloged file names. With a restored
// control file a child of the current incarnation becomes current, as the
// implicit crosscheck of stray files does it.
func (c *Control) learn(b, prior Branch) {
	if c.incarnation(b) != nil {
		return
	}
	c.addIncarnation(b, prior)
	if c.Type == ControlBackup && prior.Equal(c.Resetlogs) {
		c.setCurrent(b)
	}
}

// LearnIncarnation is for files that the caller catalogs; see ResetIncarnation.
func (db *DB) LearnIncarnation(b, prior Branch) error {
	return db.UpdateControl(func(c *Control) error {
		c.learn(b, prior)
		return nil
	})
}

// ResetIncarnation is RESET DATABASE TO INCARNATION n. Codes: 01507; unknown
// numbers are ErrNoIncarnation (RMAN-20009 is the caller's).
func (db *DB) ResetIncarnation(number int) error {
	return db.UpdateControl(func(c *Control) error {
		for _, inc := range c.Incarnations {
			if inc.Number == number {
				c.setCurrent(inc.Branch)
				return nil
			}
		}
		return ErrNoIncarnation
	})
}
