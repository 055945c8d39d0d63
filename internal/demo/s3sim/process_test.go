package s3sim

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

const serveVariable = "S3SIM_TEST_SERVE"

// TestMain makes the test binary serve a folder when it is started for that: a
// server in a process of its own, which can be killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv(serveVariable); dir != "" {
		endpoint, err := New(dir, testOptions()).ListenLoopback(context.Background())
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(endpoint)
		_, _ = io.Copy(io.Discard, os.Stdin) // until the parent is gone
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// startProcess serves dir in another process; kill is kill -9.
func startProcess(t *testing.T, dir string) (endpoint string, kill func()) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), serveVariable+"="+dir)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill = sync.OnceFunc(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = stdin.Close()
	})
	t.Cleanup(kill)
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line), kill
}

func TestOneWinnerAmongProcesses(t *testing.T) {
	dir := t.TempDir()
	var clients []*s3.Client
	for range 3 {
		endpoint, _ := startProcess(t, dir)
		clients = append(clients, client(endpoint))
	}
	makeBucket(t, clients[0])
	for round := range 8 {
		key := fmt.Sprintf("lock/%d", round)
		var won sync.Map
		var winners, losers atomic.Int32
		var wg sync.WaitGroup
		for i := range 12 {
			wg.Go(func() {
				body := fmt.Sprintf("owner %d", i)
				_, err := put(t, clients[i%3], key, []byte(body), func(in *s3.PutObjectInput) { in.IfNoneMatch = aws.String("*") })
				if err == nil {
					won.Store("body", body)
					winners.Add(1)
				} else {
					wantCode(t, err, "PreconditionFailed")
					losers.Add(1)
				}
			})
		}
		wg.Wait()
		body, _ := won.Load("body")
		if winners.Load() != 1 || losers.Load() != 11 || string(get(t, clients[1], key)) != body {
			t.Errorf("%s: %d won, %d lost", key, winners.Load(), losers.Load())
		}
	}
}

// selfDescribing is a body that a reader can recognise as whole.
func selfDescribing(version uint32) []byte {
	b := random(uint64(version), 40_000+int(version%7)*30_000)
	binary.BigEndian.PutUint32(b, version)
	return b
}

// TestKillLeavesNoHalfObject kills a server in the middle of overwrites, new
// objects, multipart completions and deletes, and looks with another one.
func TestKillLeavesNoHalfObject(t *testing.T) {
	dir := t.TempDir()
	setup := New(dir, testOptions())
	b, _ := setup.bucketAt(testBucket)
	if err := b.create(time.Now()); err != nil {
		t.Fatal(err)
	}
	var version atomic.Uint32
	var acknowledged sync.Map // key to the version that was last confirmed
	for round := range 4 {
		endpoint, kill := startProcess(t, dir)
		c := client(endpoint)
		var done atomic.Int32
		var wg sync.WaitGroup
		for worker := range 4 {
			wg.Go(func() {
				for n := 0; ; n++ {
					v := version.Add(1)
					key := fmt.Sprintf("w%d/k%d", worker, n%3)
					if err := putVersion(c, key, v, worker == 3); err != nil {
						return
					}
					acknowledged.Store(key, v)
					if done.Add(1) == int32(20+7*round) {
						kill()
					}
				}
			})
		}
		wg.Wait()
		checkObjects(t, dir, &acknowledged)
	}
}

func putVersion(c *s3.Client, key string, v uint32, inParts bool) error {
	ctx := context.Background()
	body := selfDescribing(v)
	if !inParts {
		_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String(testBucket), Key: &key, Body: bytes.NewReader(body)})
		return err
	}
	up, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: aws.String(testBucket), Key: &key})
	if err != nil {
		return err
	}
	part, err := c.UploadPart(ctx, &s3.UploadPartInput{Bucket: aws.String(testBucket), Key: &key, UploadId: up.UploadId, PartNumber: aws.Int32(1), Body: bytes.NewReader(body)})
	if err != nil {
		return err
	}
	in := &s3.CompleteMultipartUploadInput{Bucket: aws.String(testBucket), Key: &key, UploadId: up.UploadId}
	in.MultipartUpload = completedParts(*part.ETag)
	_, err = c.CompleteMultipartUpload(ctx, in)
	return err
}

// checkObjects proves that each visible object is whole, that nothing which was
// confirmed is older than that, and that a start cleans up.
func checkObjects(t *testing.T, dir string, acknowledged *sync.Map) {
	t.Helper()
	c := client(start(t, dir, testOptions()))
	seen := map[string]uint32{}
	for _, key := range listAll(t, c, &s3.ListObjectsV2Input{}) {
		body := get(t, c, key)
		v := binary.BigEndian.Uint32(body)
		if !bytes.Equal(body, selfDescribing(v)) {
			t.Errorf("%s is not whole", key)
		}
		seen[key] = v
	}
	acknowledged.Range(func(key, v any) bool {
		if seen[key.(string)] < v.(uint32) {
			t.Errorf("%v holds version %d, but %d was confirmed", key, seen[key.(string)], v)
		}
		return true
	})
	if data := countFiles(t, filepath.Join(dir, testBucket, "objects"), dataSuffix); data != len(seen) {
		t.Errorf("%d data files for %d objects", data, len(seen))
	}
}

func countFiles(t *testing.T, dir, suffix string) int {
	t.Helper()
	n := 0
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, suffix) {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestSweepTakesOnlyWhatNobodyOwns(t *testing.T) {
	dir := t.TempDir()
	s := New(dir, testOptions())
	b, _ := s.bucketAt(testBucket)
	if err := b.create(time.Now()); err != nil {
		t.Fatal(err)
	}
	held, err := b.tempFile()
	if err != nil {
		t.Fatal(err)
	}
	defer discard(held)
	left := filepath.Join(b.temp(), "new-left")
	fresh := filepath.Join(b.temp(), "new-fresh")
	for _, path := range []string{left, fresh} {
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	old := time.Now().Add(-2 * tempAge)
	for _, path := range []string{left, held.Name()} {
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
	}
	s.sweep()
	for path, there := range map[string]bool{left: false, fresh: true, held.Name(): true} {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) == there {
			t.Errorf("%s: there must be %v", path, there)
		}
	}
}

// A commit that died between its two renames is undone by whoever comes next.
func TestInterruptedCommitIsUndone(t *testing.T) {
	dir := t.TempDir()
	c := client(start(t, dir, testOptions()))
	makeBucket(t, c)
	mustPut(t, c, "a/k", []byte("old"))
	objects := filepath.Join(dir, testBucket, "objects")
	for _, name := range []string{"a/k", "b"} {
		if err := os.WriteFile(filepath.Join(objects, name+"@0011223344556677"+dataSuffix), []byte("new"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, testBucket, "lock"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if string(get(t, c, "a/k")) != "old" || exists(t.Context(), c, "b") {
		t.Error("an interrupted commit shows")
	}
	mustPut(t, c, "c", nil) // takes the lock
	if n := countFiles(t, objects, dataSuffix); n != 2 {
		t.Errorf("%d data files left for 2 objects", n)
	}
}
