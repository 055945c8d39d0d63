package s3store

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"orabak-tui/internal/run"
)

// cache keeps, in a folder per place in CacheDir, what need not be asked
// again: manifests, which never change; the keys of listings, which List
// brings up to date; what the store supports. It may be deleted at any time;
// whatever is not as it should be is as good as not there. Files are 0600.
type cache struct {
	dir string // empty: nothing is kept
}

func newCache(o Options) *cache {
	if o.CacheDir == "" {
		return &cache{}
	}
	name := o.Endpoint + "\n" + o.Bucket + "\n" + o.Prefix
	if o.Place != "" {
		name = o.Place
	}
	place := sha256.Sum256([]byte(name))
	return &cache{dir: filepath.Join(o.CacheDir, hex.EncodeToString(place[:8]))}
}

func (c *cache) read(name string) ([]byte, bool) {
	if c.dir == "" {
		return nil, false
	}
	b, err := os.ReadFile(filepath.Join(c.dir, name))
	return b, err == nil
}

// write keeps a file; that it could not is no failure of anything.
func (c *cache) write(name string, b []byte) {
	if c.dir == "" {
		return
	}
	path := filepath.Join(c.dir, name)
	if run.MkdirAll(filepath.Dir(path)) == nil {
		_ = run.WriteFile(path, b)
	}
}

func manifestFile(setID string) string { return filepath.Join("manifests", setID+".json") }

func (c *cache) manifest(setID string) (*Manifest, bool) {
	b, ok := c.read(manifestFile(setID))
	if !ok {
		return nil, false
	}
	m, err := ParseManifest(b)
	return m, err == nil && m.ID == setID
}

func (c *cache) putManifest(setID string, b []byte) { c.write(manifestFile(setID), b) }

func (c *cache) dropManifest(setID string) {
	if c.dir != "" {
		_ = os.Remove(filepath.Join(c.dir, manifestFile(setID)))
	}
}

func (c *cache) capabilities() (Capabilities, bool) {
	var caps Capabilities
	b, ok := c.read("capabilities.json")
	return caps, ok && json.Unmarshal(b, &caps) == nil
}

func (c *cache) putCapabilities(caps Capabilities) {
	if b, err := json.Marshal(caps); err == nil {
		c.write("capabilities.json", b)
	}
}

// oldRows are the foreign and incomplete sets before a border, as they were
// when they were listed.
type oldRows struct {
	Listed time.Time `json:"listed"`
	Border string    `json:"border"`
	Rows   []Set     `json:"rows"`
}

const oldRowsFile = "old-folders.json"

func (c *cache) oldRows() (oldRows, bool) {
	var old oldRows
	b, ok := c.read(oldRowsFile)
	if !ok || json.Unmarshal(b, &old) != nil {
		return oldRows{}, false
	}
	for _, row := range old.Rows {
		if row.Status != StatusForeign && row.Status != StatusIncomplete || hasControl(row.ID+row.DBName+row.Key) {
			return oldRows{}, false
		}
	}
	return old, true
}

func (c *cache) putOldRows(old oldRows) {
	if b, err := json.Marshal(old); err == nil {
		c.write(oldRowsFile, b)
	}
}

func (c *cache) dropOldRows() {
	if c.dir != "" {
		_ = os.Remove(filepath.Join(c.dir, oldRowsFile))
	}
}

// keyList is a remembered listing: sorted keys, complete when it was made.
type keyList struct {
	listed time.Time
	keys   []string
}

const keyListHead = "orabak keys 1 "

// keys reads a listing; its name is that of the scope it covers.
func (c *cache) keys(scope string) (keyList, bool) {
	b, ok := c.read(scopeFile(scope))
	if !ok {
		return keyList{}, false
	}
	return parseKeyList(string(b))
}

func (c *cache) putKeys(scope string, l keyList) {
	if c.dir == "" {
		return
	}
	var b bytes.Buffer
	b.WriteString(keyListHead + strconv.FormatInt(l.listed.Unix(), 10) + "\n")
	for _, k := range l.keys {
		if strings.Contains(k, "\n") {
			return
		}
		b.WriteString(k)
		b.WriteByte('\n')
	}
	c.write(scopeFile(scope), b.Bytes())
}

func parseKeyList(text string) (keyList, bool) {
	head, rest, ok := strings.Cut(text, "\n")
	stamp, ok2 := strings.CutPrefix(head, keyListHead)
	listed, err := strconv.ParseInt(stamp, 10, 64)
	if !ok || !ok2 || err != nil || rest != "" && !strings.HasSuffix(rest, "\n") {
		return keyList{}, false
	}
	l := keyList{listed: time.Unix(listed, 0)}
	for rest != "" {
		var key string
		key, rest, _ = strings.Cut(rest, "\n")
		if len(l.keys) > 0 && key <= l.keys[len(l.keys)-1] {
			return keyList{}, false
		}
		l.keys = append(l.keys, key)
	}
	return l, true
}

func scopeFile(scope string) string {
	sum := sha256.Sum256([]byte(scope))
	return "keys-" + hex.EncodeToString(sum[:6])
}
