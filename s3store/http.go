package s3store

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"
)

// wideWrite is how much of a body goes to the socket in one write. Measured on
// loopback: 64 KiB costs 40 % more time than 256 KiB and above; net/http's own
// copy writes 32 KiB.
const wideWrite = 1 << 20

// newTransport returns a transport for many long transfers to one host:
// connections are kept, nothing is compressed, certificates are verified.
func newTransport(o Options) (*http.Transport, error) {
	roots, err := rootCAs(o.CAFile)
	if err != nil {
		return nil, err
	}
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	config := &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         dialWide(dialer),
		DialTLSContext:      dialTLSWide(dialer, config),
		TLSClientConfig:     config,
		TLSHandshakeTimeout: 15 * time.Second,
		MaxIdleConns:        2*o.Concurrency + 16,
		MaxIdleConnsPerHost: 2*o.Concurrency + 16,
		IdleConnTimeout:     60 * time.Second,
		DisableCompression:  true,
	}, nil
}

// rootCAs returns the system's authorities and those of file, nil for the
// system's alone.
func rootCAs(file string) (*x509.CertPool, error) {
	if file == "" {
		file = os.Getenv("AWS_CA_BUNDLE")
	}
	if file == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("certificate authorities: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("certificate authorities: %s holds no certificate in PEM form", file)
	}
	return pool, nil
}

type dialFunc = func(ctx context.Context, network, addr string) (net.Conn, error)

func dialWide(d *net.Dialer) dialFunc {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := d.DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return wideConn{c}, nil
	}
}

func dialTLSWide(d *net.Dialer, config *tls.Config) dialFunc {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		host, _, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, err
		}
		raw, err := d.DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		own := config.Clone()
		own.ServerName = host
		c := tls.Client(raw, own)
		ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
		defer cancel()
		if err := c.HandshakeContext(ctx); err != nil {
			_ = raw.Close()
			return nil, err
		}
		return wideConn{c}, nil
	}
}

// wideConn writes the body of an upload in large pieces straight from its
// buffer.
type wideConn struct{ net.Conn }

// ReadFrom is what net/http calls to copy a body of known length.
func (c wideConn) ReadFrom(r io.Reader) (int64, error) {
	limited, ok := r.(*io.LimitedReader)
	if ok {
		if body, ok := limited.R.(*sendBody); ok {
			n, err := c.send(body, limited.N)
			limited.N -= n
			return n, err
		}
	}
	return io.Copy(struct{ io.Writer }{c.Conn}, r)
}

func (c wideConn) send(body *sendBody, left int64) (int64, error) {
	var sent int64
	for sent < left {
		chunk, err := body.next(int(min(left-sent, wideWrite)))
		if errors.Is(err, io.EOF) {
			return sent, nil
		}
		if err != nil {
			return sent, err
		}
		n, err := c.Write(chunk)
		sent += int64(n)
		if err != nil {
			return sent, err
		}
	}
	return sent, nil
}

// bodyKey finds the *sendBody of an upload in its context.
type bodyKey struct{}

// doer is the SDK's HTTP client. It puts the sendBody of an upload in place of
// the SDK's wrappers, which would hide it from wideConn. It follows no
// redirect: S3's redirects are errors that name the right region.
type doer struct{ transport *http.Transport }

// Do sends one request.
func (d doer) Do(r *http.Request) (*http.Response, error) {
	if body, ok := r.Context().Value(bodyKey{}).(*sendBody); ok && r.Method == http.MethodPut {
		body.begin()
		r.Body, r.GetBody, r.ContentLength = body, nil, body.size
		if body.size == 0 { // else net/http would look for a length
			r.Body = http.NoBody
			_ = body.Close()
		}
	}
	return d.transport.RoundTrip(r)
}
