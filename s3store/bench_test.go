package s3store

import (
	"bufio"
	"cmp"
	"encoding/pem"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// serverEnv makes the test binary a server that throws bodies away, in a
// process of its own, so that its work is not counted as the client's.
const serverEnv = "S3STORE_BENCH_SERVER"

// benchServer serves over TLS when the variable names the file that its
// certificate is to be written to.
func benchServer() int {
	m := &memStore{discard: true, checksums: true, conditional: true, objects: map[string]memObject{}, uploads: map[string]memUpload{}}
	srv := httptest.NewUnstartedServer(m)
	if path := os.Getenv(serverEnv); filepath.IsAbs(path) {
		srv.StartTLS()
		block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw})
		if os.WriteFile(path, block, 0o600) != nil {
			return 1
		}
	} else {
		srv.Start()
	}
	fmt.Println(srv.URL)
	select {} // until it is killed
}

// discarding opens a store at such a server.
func discarding(b *testing.B, tls bool) *Store {
	b.Helper()
	cmd, authority := exec.Command(os.Args[0]), ""
	if tls {
		authority = filepath.Join(b.TempDir(), "ca.pem")
	}
	cmd.Env = append(os.Environ(), serverEnv+"="+cmp.Or(authority, "http"))
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	url, _ := bufio.NewReader(out).ReadString('\n')
	s := open(b, Options{Endpoint: strings.TrimSpace(url), CAFile: authority})
	s.learn(Capabilities{ChecksumAccepted: true, ConditionalCreate: true, ChecksumStored: true, ChecksumEnforced: true, MultipartChecksum: true})
	return s
}

// benchDir is in memory where there is such a folder, so that no disk is
// measured.
func benchDir(b *testing.B) string {
	b.Helper()
	if dir, err := os.MkdirTemp("/dev/shm", "s3store"); err == nil {
		b.Cleanup(func() { os.RemoveAll(dir) })
		return dir
	}
	return b.TempDir()
}

// cpu reports what this process used of the processor for each operation.
func cpu(b *testing.B) func() {
	b.Helper()
	used := func() time.Duration {
		var u syscall.Rusage
		_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	before := used()
	return func() {
		b.ReportMetric(float64(used()-before)/float64(b.N)/1e6, "cpu-ms/op")
		var u syscall.Rusage
		_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
		b.ReportMetric(float64(u.Maxrss)/1024, "maxrss-MiB")
	}
}

// BenchmarkUpload sends one piece of 1 GiB in parts.
func BenchmarkUpload(b *testing.B) {
	b.Run("http", func(b *testing.B) { upload1GiB(b, discarding(b, false)) })
	b.Run("https", func(b *testing.B) { upload1GiB(b, discarding(b, true)) })
}

func upload1GiB(b *testing.B, s *Store) {
	b.Helper()
	const size = 1 << 30
	path := filepath.Join(benchDir(b), "piece")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		b.Fatal(err)
	}
	fill(b, path, size)
	b.SetBytes(size)
	done := cpu(b)
	n := 0
	for b.Loop() {
		n++
		key := s.PieceKey(testSet, testStart, fmt.Sprint(n))
		if _, err := s.PutPiece(b.Context(), PutRequest{Path: path, Key: key}); err != nil {
			b.Fatal(err)
		}
	}
	done()
}

func fill(b *testing.B, path string, size int) {
	b.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	block := randomBytes(1, 1<<20)
	for off := 0; off < size; off += len(block) {
		if _, err := f.Write(block[:min(len(block), size-off)]); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSmallPieces sends 500 pieces of 1 MiB, eight at a time.
func BenchmarkSmallPieces(b *testing.B) {
	const size, count = 1 << 20, 500
	s := discarding(b, false)
	path := filepath.Join(benchDir(b), "piece")
	if err := os.WriteFile(path, randomBytes(1, size), 0o600); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(size * count)
	done := cpu(b)
	round := 0
	for b.Loop() {
		round++
		var wg sync.WaitGroup
		for w := range 8 {
			wg.Go(func() {
				for i := w; i < count; i += 8 {
					key := s.PieceKey(testSet, testStart, fmt.Sprintf("%d-%d", round, i))
					if _, err := s.PutPiece(b.Context(), PutRequest{Path: path, Key: key}); err != nil {
						b.Error(err)
					}
				}
			})
		}
		wg.Wait()
	}
	done()
}

// BenchmarkDownload fetches four pieces of 256 MiB at once, with verification.
func BenchmarkDownload(b *testing.B) {
	const size, count = 256 << 20, 4
	s := discarding(b, false)
	dir := benchDir(b)
	var pieces []Piece
	path := filepath.Join(dir, "zeros")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		b.Fatal(err)
	}
	if err := os.Truncate(path, size); err != nil {
		b.Fatal(err)
	}
	for i := range count {
		p := Piece{Name: fmt.Sprint("p", i), Bytes: size, SetStamp: 1, SetCount: 1}
		p.Key = s.PieceKey(testSet, testStart, p.Name)
		r, err := s.PutPiece(b.Context(), PutRequest{Path: path, Key: p.Key})
		if err != nil {
			b.Fatal(err)
		}
		p.CRC64NVME = r.CRC64NVME
		pieces = append(pieces, p)
	}
	b.SetBytes(size * count)
	done := cpu(b)
	for b.Loop() {
		var wg sync.WaitGroup
		for _, p := range pieces {
			wg.Go(func() {
				to := filepath.Join(dir, p.Name)
				if err := s.GetPiece(b.Context(), GetRequest{Piece: p, Path: to}); err != nil {
					b.Error(err)
				}
			})
		}
		wg.Wait()
		b.StopTimer()
		for _, p := range pieces {
			os.Remove(filepath.Join(dir, p.Name))
		}
		b.StartTimer()
	}
	done()
}

// BenchmarkList lists 10,000 sets with 1,000,000 pieces; the server is in this
// process. requests/op is what matters of the cold ones.
func BenchmarkList(b *testing.B) {
	f := &fakeBucket{}
	s, _ := listing(b, f)
	sets, keys := history(s, 4711, 10_000, 100)
	f.set(keys)
	run := func(name string, filter Filter, cold bool) {
		b.Run(name, func(b *testing.B) {
			if rows, err := s.List(b.Context(), filter); err != nil || len(rows) != len(sets) {
				b.Fatal(len(rows), err)
			}
			before := f.requests.Load()
			for b.Loop() {
				if cold {
					b.StopTimer()
					os.RemoveAll(s.cache.dir)
					b.StartTimer()
				}
				if _, err := s.List(b.Context(), filter); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(f.requests.Load()-before)/float64(b.N), "requests/op")
		})
	}
	run("cold", Filter{}, true)
	run("cold-foreign", Filter{Foreign: true}, true)
	run("warm", Filter{}, false)
	run("warm-foreign", Filter{Foreign: true}, false)
	run("warm-one-database", Filter{DBName: "ORCL", DBID: 4711}, false)
}

func BenchmarkCRCJoin(b *testing.B) {
	c := uint64(1)
	for b.Loop() {
		c = crcJoin(c, 2, normalPart)
	}
}
