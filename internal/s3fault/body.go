package s3fault

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"time"
)

// answerBody is the store's answer as the client is to see it.
func (x *exchange) answerBody(h http.Header, res *http.Response) io.Reader {
	if res.Request.Method == http.MethodHead || res.ContentLength == 0 {
		return res.Body
	}
	var body io.Reader = res.Body
	if x.shorten != nil && res.ContentLength > 0 {
		n := x.shorten(res.ContentLength)
		h.Set("Content-Length", strconv.FormatInt(n, 10))
		body = io.LimitReader(body, n)
	}
	if x.download != nil {
		body = x.download(res.Request.Context(), body, res.ContentLength)
	}
	return body
}

// place is where in a body of a length a fault happens: at, or anywhere.
func (x *exchange) place(at, length int64) int64 {
	if at != Anywhere {
		return at
	}
	if length <= 0 {
		return 0
	}
	return x.rng.Int64N(length)
}

// onUpload makes a fault of something that is done to the request's body.
func onUpload(name string, at int64, do func(ctx context.Context, r io.Reader, at int64) io.Reader) Fault {
	return Fault{name, func(x *exchange) {
		place := x.place(at, x.length)
		x.upload = func(ctx context.Context, r io.Reader) io.Reader { return do(ctx, r, place) }
	}}
}

// onDownload makes a fault of something that is done to the answer's body.
func onDownload(name string, at int64, do func(ctx context.Context, r io.Reader, at int64) io.Reader) Fault {
	return Fault{name, func(x *exchange) {
		x.download = func(ctx context.Context, r io.Reader, length int64) io.Reader {
			return do(ctx, r, x.place(at, length))
		}
	}}
}

// CutUpload resets the connection when at bytes of the request's body have
// passed.
func CutUpload(at int64) Fault { return onUpload("upload cut", at, endWith(errCut)) }

// CutDownload resets the connection when at bytes of the answer's body have
// passed.
func CutDownload(at int64) Fault { return onDownload("download cut", at, endWith(errCut)) }

// TruncateDownload closes the connection in good order after at bytes, though
// more were announced.
func TruncateDownload(at int64) Fault {
	return onDownload("download truncated", at, endWith(errClosed))
}

// ShortenDownload announces at bytes and sends no more: HTTP alone cannot tell
// that something is missing.
func ShortenDownload(at int64) Fault {
	return Fault{"download shortened", func(x *exchange) {
		x.shorten = func(length int64) int64 { return min(x.place(at, length), length) }
	}}
}

// FlipUpload inverts one bit of the byte at at, on the way to the store.
func FlipUpload(at int64) Fault { return onUpload("upload flipped", at, flip) }

// FlipDownload inverts one bit of the byte at at, on the way to the client.
func FlipDownload(at int64) Fault { return onDownload("download flipped", at, flip) }

// StallUpload stops taking the request's body after at bytes, until the client
// gives up.
func StallUpload(at int64) Fault { return onUpload("upload stalls", at, stall) }

// StallDownload stops sending after at bytes, until the client gives up.
func StallDownload(at int64) Fault { return onDownload("download stalls", at, stall) }

// DripUpload takes the request's body a few bytes at a time, bytes a second.
func DripUpload(bytesPerSecond int64) Fault { return onUpload("upload drips", bytesPerSecond, drip) }

// DripDownload sends the answer's body a few bytes at a time, bytes a second.
func DripDownload(bytesPerSecond int64) Fault {
	return onDownload("download drips", bytesPerSecond, drip)
}

// readerFunc is a Read method.
type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func endWith(err error) func(context.Context, io.Reader, int64) io.Reader {
	return func(_ context.Context, r io.Reader, at int64) io.Reader {
		return io.MultiReader(io.LimitReader(r, at), readerFunc(func([]byte) (int, error) { return 0, err }))
	}
}

func flip(_ context.Context, r io.Reader, at int64) io.Reader {
	var offset int64
	return readerFunc(func(p []byte) (int, error) {
		n, err := r.Read(p)
		if i := at - offset; i >= 0 && i < int64(n) {
			p[i] ^= 1
		}
		offset += int64(n)
		return n, err
	})
}

func stall(ctx context.Context, r io.Reader, at int64) io.Reader {
	return io.MultiReader(io.LimitReader(r, at), readerFunc(func([]byte) (int, error) {
		<-ctx.Done()
		return 0, errCut
	}))
}

// drip lets a twentieth of a second's bytes pass at once.
func drip(ctx context.Context, r io.Reader, bytesPerSecond int64) io.Reader {
	step := max(1, bytesPerSecond/20)
	return readerFunc(func(p []byte) (int, error) {
		n, err := r.Read(p[:min(int64(len(p)), step)])
		if !pause(ctx, time.Duration(n)*time.Second/time.Duration(bytesPerSecond)) {
			return 0, errCut
		}
		return n, err
	})
}
