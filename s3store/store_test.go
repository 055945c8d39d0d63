package s3store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/minio/crc64nvme"

	"orabak-tui/internal/demo/s3sim"
	"orabak-tui/internal/s3fault"
)

const (
	testBucket = "bucket"
	testKey    = "test-access"
	testSecret = "canary-secret-4711"
)

// fakeClock runs with the real one and jumps when somebody sleeps.
type fakeClock struct {
	mu    sync.Mutex
	ahead time.Duration
	slept []time.Duration
}

func (c *fakeClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

func (c *fakeClock) sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
	c.slept = append(c.slept, d)
	return ctx.Err()
}

// simulator starts an embedded server with the test bucket.
func simulator(tb testing.TB) string {
	tb.Helper()
	srv := s3sim.New(tb.TempDir(), s3sim.Options{AccessKey: testKey, Secret: testSecret, NoSync: true})
	endpoint, err := srv.ListenLoopback(context.Background())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = srv.Close() })
	s := open(tb, Options{Endpoint: endpoint})
	if _, err := s.api.CreateBucket(tb.Context(), &s3.CreateBucketInput{Bucket: s.bucket()}); err != nil {
		tb.Fatal(err)
	}
	return endpoint
}

// open opens a store with what every test wants; o overrides it.
func open(tb testing.TB, o Options) *Store {
	tb.Helper()
	setDefault(&o.Bucket, testBucket)
	setDefault(&o.AccessKey, testKey)
	setDefault(&o.SecretKey, testSecret)
	setDefault(&o.CacheDir, tb.TempDir())
	setDefault(&o.RetryBudget, 10*time.Second)
	o.ForcePathStyle = true
	s, err := Open(tb.Context(), o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.Close)
	return s
}

const (
	testPart = 128 << 10 // the size of a part on stores in memory
	realPart = 5 << 20   // the smallest that others take
)

// faulty is a store in memory behind a proxy that injects faults, with a clock
// that jumps over every wait, and small parts.
func faulty(tb testing.TB, change func(*Options)) (*Store, *s3fault.Proxy, *fakeClock) {
	tb.Helper()
	proxy, endpoint := s3fault.Start(tb, memory(tb, &memStore{strict: true}), 1)
	clock := &fakeClock{}
	o := Options{Endpoint: endpoint, RetryBudget: DefaultRetryBudget, Now: clock.now, Sleep: clock.sleep, StallTimeout: 2 * time.Second, part: testPart}
	if change != nil {
		change(&o)
	}
	s := open(tb, o)
	if _, err := s.Probe(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return s, proxy, clock
}

// randomBytes is reproducible noise, no two blocks of it alike.
func randomBytes(seed uint64, n int) []byte {
	const block = 4096
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	noise := make([]byte, block)
	_, _ = rand.NewChaCha8(key).Read(noise)
	b := bytes.Repeat(noise, n/block+1)[:n]
	for off := 0; off+8 <= n; off += block {
		binary.LittleEndian.PutUint64(b[off:], uint64(off)^seed)
	}
	return b
}

// writeFile writes a file into a folder of the test's own.
func writeFile(tb testing.TB, name string, b []byte) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

var testStart = time.Date(2026, 11, 23, 4, 0, 3, 0, time.UTC)

const testSet = "20261123T040003Z-full-ORCL-7f3a"

// pieceOf describes bytes as a piece of the test set.
func pieceOf(s *Store, set, name string, b []byte) Piece {
	start := testStart
	if p, ok := parseSetID(set); ok {
		start = p.Time
	}
	sum := sha256.Sum256(b)
	return Piece{
		Name: name, Key: s.PieceKey(set, start, name), Handle: "/staging/" + set + "/" + name, Tag: "OB1",
		Bytes: int64(len(b)), CRC64NVME: crcText(crc64nvme.Checksum(b)), SHA256: base64.StdEncoding.EncodeToString(sum[:]),
		SetStamp: 1234567890, SetCount: 17, Number: 1, Of: 1,
	}
}

// manifestOf is a valid manifest of these pieces.
func manifestOf(set string, pieces ...Piece) *Manifest {
	id, _ := parseSetID(set)
	level := map[string]int{KindFull: 0, KindIncremental: 1, KindArchivelog: -1}[id.Kind]
	return &Manifest{
		Format: ManifestFormat, ID: set, Run: "20261123T040003Z-full-7f3a", Kind: id.Kind, Level: level, Tag: "OB1",
		DBName: id.DBName, UniqueName: "ORCL_A", DBID: 1234567890, Host: "db1", OracleVersion: "19.21.0.0.0",
		ToolVersion: "1.0", ResetlogsSCN: 1, ResetlogsTime: "2026-01-01 00:00:00",
		StartedAt: id.Time, CompletedAt: id.Time.Add(10 * time.Minute), FromSCN: 100, ToSCN: 5000,
		RecoverableTo: id.Time.Add(9 * time.Minute), Pieces: pieces,
		Datafiles: []Datafile{{Number: 1, Name: "/u01/system01.dbf", Tablespace: "SYSTEM", Bytes: 1 << 30}},
	}
}

// putBytes uploads bytes as a piece and returns its description.
func putBytes(tb testing.TB, s *Store, set, name string, b []byte) Piece {
	tb.Helper()
	p := pieceOf(s, set, name, b)
	r, err := s.PutPiece(tb.Context(), PutRequest{Path: writeFile(tb, name, b), Key: p.Key, ExpectSize: p.Bytes})
	if err != nil {
		tb.Fatalf("put %s: %v", name, err)
	}
	if r.CRC64NVME != p.CRC64NVME || r.Bytes != p.Bytes {
		tb.Fatalf("put %s: confirmed %d bytes %s, want %d bytes %s", name, r.Bytes, r.CRC64NVME, p.Bytes, p.CRC64NVME)
	}
	return p
}

// eventually waits until something that another goroutine or process does has
// come about.
func eventually(tb testing.TB, what string, holds func() bool) {
	tb.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	timeout := time.After(30 * time.Second)
	for !holds() {
		select {
		case <-tick.C:
		case <-timeout:
			tb.Fatalf("%s: it never came about", what)
		}
	}
}
