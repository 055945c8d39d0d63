package s3sim

import "net/http"

// ServeHTTP answers one S3 request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("x-amz-request-id", newRequestID())
	writeError(w, r, errNotImplemented)
}

func (s *Server) sweep() {}
