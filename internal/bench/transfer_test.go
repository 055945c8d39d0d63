package bench

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"orabak-tui/s3store"
)

const (
	benchSet = "20261124T040000Z-full-BENCH-0001"
	// pieceWorkers is how many pieces the engine has in flight.
	pieceWorkers = 4
)

var benchStart = time.Date(2026, 11, 24, 4, 0, 0, 0, time.UTC)

// openStore opens a store with the settings that a user gets.
func openStore(url, ca, cache string) (*s3store.Store, error) {
	return s3store.Open(context.Background(), s3store.Options{
		Bucket: bucketName, Endpoint: url, ForcePathStyle: true, Region: "us-east-1", AccessKey: "test", SecretKey: "testtest",
		CAFile: ca, CacheDir: cache,
	})
}

// every does one thing for each name, as many at once as the engine has pieces
// in flight.
func every(names []string, f func(name string) error) error {
	var g errgroup.Group
	g.SetLimit(pieceWorkers)
	for _, n := range names {
		g.Go(func() error { return f(n) })
	}
	return g.Wait()
}

// roleFlags are the arguments of put and get.
type roleFlags struct {
	url, ca, cache, dir, run, sum, resume string
	size                                  int64
}

func parseRole(args []string) (roleFlags, []string) {
	var r roleFlags
	f := flag.NewFlagSet("role", flag.ExitOnError)
	f.StringVar(&r.url, "url", "", "")
	f.StringVar(&r.ca, "ca", "", "")
	f.StringVar(&r.cache, "cache", "", "")
	f.StringVar(&r.dir, "dir", "", "")
	f.StringVar(&r.run, "run", "", "")
	f.StringVar(&r.sum, "sum", "", "")
	f.StringVar(&r.resume, "resume", "", "")
	f.Int64Var(&r.size, "size", 0, "")
	_ = f.Parse(args)
	return r, f.Args()
}

// putRole uploads files as the pieces of a set.
func putRole(args []string) error {
	r, names := parseRole(args)
	st, err := openStore(r.url, r.ca, r.cache)
	if err != nil {
		return err
	}
	err = every(names, func(name string) error {
		key := st.PieceKey(benchSet, benchStart, filepath.Base(name)+r.run)
		request := s3store.PutRequest{Path: filepath.Join(r.dir, name), Key: key}
		if r.resume != "" {
			request.ResumeFile = filepath.Join(r.resume, name+".json")
		}
		_, err := st.PutPiece(context.Background(), request)
		return err
	})
	fmt.Println("rss", peakMiB())
	return err
}

// getRole downloads pieces, all of one size and checksum, and verifies them.
func getRole(args []string) error {
	r, names := parseRole(args)
	st, err := openStore(r.url, r.ca, r.cache)
	if err != nil {
		return err
	}
	err = every(names, func(name string) error {
		p := s3store.Piece{Name: name, Key: st.PieceKey(benchSet, benchStart, name), Bytes: r.size, CRC64NVME: r.sum, SetStamp: 1, SetCount: 1}
		return st.GetPiece(context.Background(), s3store.GetRequest{Piece: p, Path: filepath.Join(r.dir, name)})
	})
	fmt.Println("rss", peakMiB())
	return err
}

// peakMiB is the peak of this process's resident memory. Getrusage would
// report the parent's where that is larger.
func peakMiB() int64 {
	status, _ := os.ReadFile("/proc/self/status")
	var kib int64
	if _, rest, ok := strings.Cut(string(status), "VmHWM:"); ok {
		_, _ = fmt.Sscan(rest, &kib)
	}
	return kib >> 10
}

func rssOf(all []usage) spread {
	var s spread
	for _, u := range all {
		var n float64
		if _, rest, ok := strings.Cut(u.out, "rss "); ok {
			_, _ = fmt.Sscan(rest, &n)
		}
		s = append(s, n)
	}
	return s
}

// site is a server and what its clients need.
type site struct {
	url, ca string
	dir     string // files to send
	names   []string
	serial  int
	cache   string
}

func (s *site) env() []string {
	return append(os.Environ(), "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=testtest", "AWS_REGION=us-east-1",
		"AWS_CA_BUNDLE="+s.ca, "AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE=/dev/null", "RCLONE_CONFIG=/dev/null")
}

// target is a new place in the bucket.
func (s *site) target() string {
	s.serial++
	return fmt.Sprintf("peer/%d", s.serial)
}

func (s *site) put(tb testing.TB) contender {
	return contender{name: "ours", command: func() *exec.Cmd {
		s.serial++
		return role(tb, "put", append([]string{"-url", s.url, "-ca", s.ca, "-cache", s.cache, "-dir", s.dir, "-run", fmt.Sprint(".", s.serial)}, s.names...)...)
	}}
}

// rcloneS3 is the remote of rclone, at its defaults but for what this place
// needs: where the server is, and that it does not look for the bucket.
func (s *site) rclone(path, from, to string) *exec.Cmd {
	cmd := exec.Command(path, "copy", "--s3-provider", "Other", "--s3-endpoint", s.url, "--s3-env-auth", "--s3-no-check-bucket",
		"--s3-use-multipart-etag=false", "--ca-cert", s.ca, from, to)
	if s.ca == "" {
		cmd.Args = slices.Delete(cmd.Args, len(cmd.Args)-4, len(cmd.Args)-2)
	}
	cmd.Env = s.env()
	return cmd
}

func (s *site) aws(path string, args ...string) *exec.Cmd {
	cmd := exec.Command(path, append([]string{"--endpoint-url", s.url, "s3", "cp", "--only-show-errors", "--recursive"}, args...)...)
	cmd.Env = s.env()
	if s.ca == "" {
		cmd.Env = slices.DeleteFunc(cmd.Env, func(e string) bool { return strings.HasPrefix(e, "AWS_CA_BUNDLE=") })
	}
	return cmd
}

// peers are the programs that move the same files up, as far as installed.
func (s *site) peers() []contender {
	var all []contender
	if path, ok := installed("rclone"); ok {
		all = append(all, contender{name: "rclone", command: func() *exec.Cmd { return s.rclone(path, s.dir, ":s3:"+bucketName+"/"+s.target()) }})
	}
	if path, ok := installed("aws"); ok {
		all = append(all, contender{name: "aws", command: func() *exec.Cmd { return s.aws(path, s.dir, "s3://"+bucketName+"/"+s.target()) }})
	}
	return all
}

// fill makes the site's files.
func (s *site) fill(tb testing.TB, count int, size int64) {
	tb.Helper()
	s.dir = filepath.Join(memoryDir(tb), "files")
	for i := range count {
		name := fmt.Sprintf("piece%04d", i)
		s.names = append(s.names, name)
		writeFile(tb, filepath.Join(s.dir, name), size)
	}
}

// newSite knows nothing of the server; the first round learns what it
// supports, as the first backup on a host does, and the later ones know.
func newSite(tb testing.TB, url, ca string) *site {
	return &site{url: url, ca: ca, cache: tb.TempDir()}
}
