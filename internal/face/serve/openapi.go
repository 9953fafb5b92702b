package serve

import (
	_ "embed" // of the description
	"net/http"
)

//go:embed openapi.json
var description []byte

// openAPI sends the description of the API.
func (s *Server) openAPI(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-cache")
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(description)
}
