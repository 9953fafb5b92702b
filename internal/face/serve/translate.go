package serve

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"easel/internal/file/imgio"
)

// request is a picture to be translated.
type request struct {
	model   *model
	picture *imgio.Picture
	seed    uint64
	noise   bool
	live    string
	format  imgio.Format // of the answer
	any     bool         // whether another format will do
}

func (s *Server) translate(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	if id := r.PathValue("model"); id != "" { // POST /{model}, as pixsrv
		query.Set("model", id)
	}
	req, err := s.readRequest(w, r, query)
	if err != nil {
		fail(w, err)
		return
	}
	out, err := s.run(r, req)
	if err != nil {
		if r.Context().Err() == nil {
			fail(w, err)
		}
		return
	}
	s.send(w, req, out)
}

// readRequest checks everything that can be checked before the picture's turn.
func (s *Server) readRequest(w http.ResponseWriter, r *http.Request, query url.Values) (*request, error) {
	req := &request{noise: true}
	var err error
	if err := req.parse(query); err != nil {
		return nil, err
	}
	if req.live != "" {
		host, _, _ := net.SplitHostPort(r.RemoteAddr)
		req.live = host + " " + req.live
	}
	if req.model, err = s.models.get(query.Get("model")); err != nil {
		return nil, err
	}
	if req.format, req.any, err = wanted(r.Header.Get("Accept")); err != nil {
		return nil, err
	}
	data, err := s.body(w, r)
	if err != nil {
		return nil, err
	}
	req.picture, err = s.decode(data)
	return req, err
}

// parse reads the query, whose keys are all known.
func (req *request) parse(query url.Values) error {
	for key, values := range query {
		value := values[len(values)-1]
		var err error
		switch key {
		case "model":
		case "live":
			req.live = value
		case "seed":
			req.seed, err = strconv.ParseUint(value, 10, 64)
		case "noise":
			req.noise = value == "on"
			if value != "on" && value != "off" {
				err = errors.New("it has to be on or off")
			}
		default:
			return failure(http.StatusBadRequest, "query", "there are model, seed, noise and live", "unknown key %q", key)
		}
		if err != nil {
			return failure(http.StatusBadRequest, "query", "", "%s=%s: %v", key, value, err)
		}
	}
	return nil
}

// wanted is the format that an Accept header asks for first among those that
// there are, and whether any other will do.
func wanted(accept string) (f imgio.Format, any bool, err error) {
	if accept == "" {
		return imgio.PNG, true, nil
	}
	for _, one := range strings.Split(accept, ",") {
		kind, _, _ := mime.ParseMediaType(one)
		switch kind {
		case "image/png":
			return imgio.PNG, false, nil
		case "image/jpeg":
			return imgio.JPEG, false, nil
		case "image/tiff":
			return imgio.TIFF, false, nil
		case "*/*", "image/*":
			return imgio.PNG, true, nil
		}
	}
	return 0, false, failure(http.StatusNotAcceptable, "accept", "accept image/png, image/jpeg or image/tiff", "pictures are not written as %s", accept)
}

// body is the picture file in a request's body.
func (s *Server) body(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	r.Body = http.MaxBytesReader(w, r.Body, s.options.MaxBody)
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "multipart/form-data" {
		return io.ReadAll(r.Body)
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, failure(http.StatusBadRequest, "multipart", "", "%v", err)
	}
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return nil, failure(http.StatusBadRequest, "multipart", "send the picture as a file", "the form has no file")
		}
		if err != nil {
			return nil, failure(http.StatusBadRequest, "multipart", "", "%v", err)
		}
		if part.FileName() != "" {
			return io.ReadAll(part)
		}
	}
}

// decode decodes a picture whose header is within the limits.
func (s *Server) decode(data []byte) (*imgio.Picture, error) {
	shape, err := imgio.Measure(data)
	if errors.Is(err, imgio.ErrNoPicture) {
		return nil, failure(http.StatusUnsupportedMediaType, "no-picture", "send PNG, JPEG, TIFF, WebP, BMP or GIF", "%v", err)
	}
	if err != nil {
		return nil, failure(http.StatusUnprocessableEntity, "damaged", "", "%v", err)
	}
	if shape.Pixels() > s.options.MaxPixels {
		return nil, failure(http.StatusRequestEntityTooLarge, "too-many-pixels", "make it smaller",
			"a picture of %d×%d has more than %d pixels", shape.Width, shape.Height, s.options.MaxPixels)
	}
	p, _, err := imgio.Decode(bytes.NewReader(data), "picture", imgio.ReadOptions{MaxSamples: shape.Pixels() * int64(shape.Channels)})
	if err != nil {
		return nil, failure(http.StatusUnprocessableEntity, "damaged", "", "%v", err)
	}
	return p, nil
}

// run translates when it is the picture's turn.
func (s *Server) run(r *http.Request, req *request) (*imgio.Picture, error) {
	l, release, err := req.model.use(s.options)
	if err != nil {
		return nil, err
	}
	defer release()
	t, err := l.translator(req.noise, s.options)
	if err != nil {
		return nil, err
	}
	leave, err := s.line.enter(r.Context(), req.live)
	if err != nil {
		return nil, err
	}
	defer leave()
	return t.Sample(r.Context(), req.picture, req.seed)
}

// send answers with a picture.
func (s *Server) send(w http.ResponseWriter, req *request, p *imgio.Picture) {
	if req.any {
		req.format = imgio.FormatFor(p.Channels, p.Alpha)
	}
	var b bytes.Buffer
	if err := imgio.Encode(&b, req.format, p); err != nil {
		fail(w, failure(http.StatusNotAcceptable, "accept", "accept image/tiff, which has any number of channels", "%v", err))
		return
	}
	h := w.Header()
	h.Set("Content-Type", map[imgio.Format]string{imgio.PNG: "image/png", imgio.JPEG: "image/jpeg", imgio.TIFF: "image/tiff"}[req.format])
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	h.Set("Cache-Control", "no-store")
	h.Set("Easel-Model", req.model.id)
	h.Set("Easel-Seed", strconv.FormatUint(req.seed, 10))
	_, _ = w.Write(b.Bytes())
}
