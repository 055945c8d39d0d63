package s3sim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"time"
)

// ErrNotLoopback is returned for a listener that other hosts could reach.
var ErrNotLoopback = errors.New("s3sim: the embedded S3 server listens on the loopback interface only")

// closeGrace is how long requests under way may take to end once a server is
// told to stop. Short, because every client of a demo is on this host.
const closeGrace = 2 * time.Second

type running struct {
	http *http.Server
	stop context.CancelFunc
	done chan struct{} // closed by serve when the last connection is gone
}

// ListenLoopback starts serving on a free port of 127.0.0.1 and returns the
// endpoint's URL. It serves until ctx ends or [Server.Close] is called.
func (s *Server) ListenLoopback(ctx context.Context) (endpoint string, err error) {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return "", fmt.Errorf("s3sim: make the data folder: %w", err)
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("s3sim: listen on the loopback interface: %w", err)
	}
	s.start(ctx, l)
	return "http://" + l.Addr().String(), nil
}

// Serve serves on l until ctx ends or [Server.Close] is called, then returns
// nil. It owns l from here on, and refuses one that is not on a loopback
// address with ErrNotLoopback.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	if !loopback(l.Addr()) {
		return errors.Join(ErrNotLoopback, l.Close())
	}
	<-s.start(ctx, l).done
	return nil
}

// Close stops everything this server listens on and waits for it. Requests
// under way get two seconds to end.
func (s *Server) Close() error {
	s.mu.Lock()
	all := s.running
	s.running = nil
	s.mu.Unlock()
	for _, r := range all {
		r.stop()
	}
	for _, r := range all {
		<-r.done
	}
	return nil
}

func (s *Server) start(ctx context.Context, l net.Listener) *running {
	s.sweep()
	ctx, stop := context.WithCancel(ctx)
	r := &running{
		http: &http.Server{
			Handler:           s,
			ReadHeaderTimeout: 30 * time.Second,
			// What net/http has to say about broken connections is of no use
			// to anybody, and a console may own the terminal.
			ErrorLog: log.New(io.Discard, "", 0),
		},
		stop: stop,
		done: make(chan struct{}),
	}
	s.mu.Lock()
	s.running = append(s.running, r)
	s.mu.Unlock()
	go r.serve(ctx, l)
	return r
}

func (r *running) serve(ctx context.Context, l net.Listener) {
	defer close(r.done)
	defer r.stop()
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = r.http.Serve(l) // ends with ErrServerClosed, or with the listener
	}()
	select {
	case <-ctx.Done():
	case <-served:
	}
	grace, cancel := context.WithTimeout(context.Background(), closeGrace)
	defer cancel()
	if r.http.Shutdown(grace) != nil {
		_ = r.http.Close()
	}
	<-served
}
