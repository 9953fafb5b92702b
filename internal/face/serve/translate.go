package serve

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"

	"easel/internal/base/option"
	"easel/internal/file/imgio"
	"easel/internal/work/translate"
)

// request is a picture to translate.
type request struct {
	model   *model
	picture *imgio.Picture
	options translate.Options
	live    string
	brush   brush
	format  imgio.Format  // format of the answer
	any     bool          // another format is also acceptable
	hash    func() string // SHA-256 of the model's file
}

func (s *Server) translate(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	if id := r.PathValue("model"); id != "" { // POST /{model}, as pixsrv
		query.Set("model", id)
	}
	memory := s.memory.reserve()
	defer memory.release()
	req, err := s.readRequest(w, r, query, memory)
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
	s.send(w, req, out) // while the next picture has its turn
}

// readRequest checks everything that can be checked before the picture's turn.
func (s *Server) readRequest(w http.ResponseWriter, r *http.Request, query url.Values, memory *reservation) (*request, error) {
	req := &request{brush: brush{strength: 1}}
	var err error
	if err := req.parse(query); err != nil {
		return nil, err
	}
	if req.live != "" { // the words of different clients are distinct
		req.live = clientOf(r) + " " + req.live
	}
	if req.model, err = s.models.get(query.Get("model")); err != nil {
		return nil, err
	}
	if req.format, req.any, err = wanted(r.Header.Get("Accept")); err != nil {
		return nil, err
	}
	if err := s.rates.take(clientOf(r)); err != nil {
		return nil, err
	}
	data, err := s.body(w, r, memory)
	if err != nil {
		return nil, err
	}
	if req.picture, err = s.decode(data, memory); err != nil {
		return nil, err
	}
	return req, s.readBrush(req, memory)
}

// readBrush reads the picture of the style, which was sent before, unless it is the name of
// one that the model has learned.
func (s *Server) readBrush(req *request, memory *reservation) error {
	if req.brush.name == "" {
		return nil
	}
	l, release, err := s.models.use(req.model)
	if err != nil {
		return err
	}
	learned := l.learned(req.brush.name) >= 0
	release()
	if learned {
		return nil
	}
	path, err := fileName(s, req.brush.name)
	if err != nil {
		return err
	}
	req.brush.picture, err = s.readPicture(path, memory)
	return err
}

// readPicture reads a local picture within the limits for sent ones.
func (s *Server) readPicture(path string, memory *reservation) (*imgio.Picture, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if err := memory.grow(info.Size()); err != nil {
		return nil, err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return s.decode(data, memory)
}

// declared returns the options that a query may set. Which weights count and how much
// memory there is are the server's to say.
func (req *request) declared() option.List {
	return req.options.Declared().Without(&req.options.KeepUntrained, &req.options.MaxMemory)
}

// inQuery names an option as a query does.
func inQuery(n option.Name) string { return n.Flag }

// parse reads the query and refuses unknown keys.
func (req *request) parse(query url.Values) error {
	declared := req.declared()
	for key, values := range query {
		value := values[len(values)-1]
		var err error
		switch key {
		case "model":
		case "live":
			req.live = value
		case "style":
			req.brush.name = value
		case "strength":
			req.brush.strength, err = strconv.ParseFloat(value, 64)
			if err == nil && !(req.brush.strength >= 0 && req.brush.strength <= 1) {
				err = errors.New("it must be from 0 to 1")
			}
		default:
			o, ok := declared.Find(key)
			if !ok || o.Flag != key {
				return failure(http.StatusBadRequest, "query", "there are "+knownKeys(declared), "unknown key %q", key)
			}
			err = o.Set(value)
		}
		if err != nil {
			return failure(http.StatusBadRequest, "query", "", "%s=%s: %s", key, value, option.Word(err, inQuery))
		}
	}
	if err := declared.Check(); err != nil {
		return failure(http.StatusBadRequest, "query", "", "%s", option.Word(err, inQuery))
	}
	return nil
}

// knownKeys lists the keys of a query.
func knownKeys(declared option.List) string {
	keys := "model, live, style, strength"
	for _, o := range declared {
		keys += ", " + o.Flag
	}
	return keys
}

// wanted returns the supported format that an Accept header prefers, and whether any other
// is acceptable.
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
	return 0, false, failure(http.StatusNotAcceptable, "accept", "accept image/png, image/jpeg or image/tiff", "pictures cannot be written as %s", accept)
}

// body returns the picture file in a request's body.
func (s *Server) body(w http.ResponseWriter, r *http.Request, memory *reservation) ([]byte, error) {
	body := readBody(w, r, s.options.MaxBody, memory)
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "multipart/form-data" {
		return readAll(body)
	}
	r.Body = io.NopCloser(body)
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, failure(http.StatusBadRequest, "multipart", "", "%v", err)
	}
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return nil, failure(http.StatusBadRequest, "multipart", "send the picture as a file", "the form has no file")
		}
		var known *problem
		var large *http.MaxBytesError
		if errors.As(err, &known) || errors.As(err, &large) {
			return nil, err
		}
		if err != nil {
			return nil, failure(http.StatusBadRequest, "multipart", "", "%v", err)
		}
		if part.FileName() != "" {
			return readAll(part)
		}
	}
}

// decode decodes a picture whose header is within the limits.
func (s *Server) decode(data []byte, memory *reservation) (*imgio.Picture, error) {
	shape, err := imgio.Measure(data)
	if errors.Is(err, imgio.ErrNoPicture) {
		return nil, failure(http.StatusUnsupportedMediaType, "no-picture", "send "+imgio.Readable, "this is not a picture that easel reads")
	}
	if err != nil {
		return nil, failure(http.StatusUnprocessableEntity, "damaged", "", "%v", err)
	}
	if shape.Pixels() > s.options.MaxPixels {
		return nil, failure(http.StatusRequestEntityTooLarge, "too-many-pixels", "make it smaller",
			"a picture of %d×%d has more than %d pixels", shape.Width, shape.Height, s.options.MaxPixels)
	}
	if err := memory.grow(pictureBytes(shape)); err != nil {
		return nil, err
	}
	p, _, err := imgio.Decode(bytes.NewReader(data), "picture", imgio.ReadOptions{MaxSamples: shape.Pixels() * int64(shape.Channels)})
	if err != nil {
		return nil, failure(http.StatusUnprocessableEntity, "damaged", "", "%v", err)
	}
	return p, nil
}

// pictureBytes is the most memory that a picture takes from its file to its translation:
// decoded with 16 bits, then as float32 once as it is, twice as the network's input with
// its padding, and three times as the output.
func pictureBytes(e imgio.Extent) int64 {
	const decoded, samples, inputs, outputs = 8, 4, 2 * 4, 3 * 4
	c := int64(max(e.Channels, 4))
	return e.Pixels() * (decoded + c*(samples+inputs+outputs))
}

// run translates the picture when it is its turn.
func (s *Server) run(r *http.Request, req *request) (*translate.Output, error) {
	leave, err := s.line.enter(r.Context(), req.live)
	if err != nil {
		return nil, err
	}
	defer leave()
	l, release, err := s.models.use(req.model)
	if err != nil {
		return nil, err
	}
	defer release()
	req.hash = l.hash
	anyStyle, given := l.style != nil && l.style.Network.Any(), req.brush.name != ""
	switch {
	case anyStyle && !given:
		return nil, failure(http.StatusUnprocessableEntity, "style", "send a picture with PUT /v1/blobs/SHA256 and add ?style=sha256:SHA256", "this model needs a picture of a style")
	case given && !anyStyle && l.learned(req.brush.name) < 0:
		return nil, failure(http.StatusUnprocessableEntity, "style", "leave style out, or name one that the model has learned", "this model cannot take a style")
	}
	t, err := l.translator(s.options, req.brush)
	if err != nil {
		return nil, err
	}
	return t.Pass(r.Context(), req.picture, req.options)
}

// send answers with a picture.
func (s *Server) send(w http.ResponseWriter, req *request, out *translate.Output) {
	p := out.Picture()
	if req.any {
		req.format = imgio.FormatFor(p)
	}
	var b bytes.Buffer
	if err := imgio.EncodeFast(&b, req.format, p, s.texts(req)...); err != nil {
		fail(w, failure(http.StatusNotAcceptable, "accept", "accept image/tiff, which supports any number of channels", "%v", err))
		return
	}
	h := w.Header()
	h.Set("Content-Type", map[imgio.Format]string{imgio.PNG: "image/png", imgio.JPEG: "image/jpeg", imgio.TIFF: "image/tiff"}[req.format])
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	h.Set("Cache-Control", "no-store")
	h.Set("Easel-Model", req.model.id)
	h.Set("Easel-Seed", strconv.FormatUint(req.options.Seed, 10))
	if out.Warning != "" {
		h.Set("Easel-Warning", out.Warning)
	}
	_, _ = w.Write(b.Bytes())
}

// texts are the notes in the picture on how it was made.
func (s *Server) texts(req *request) []imgio.Text {
	noise := "on"
	if req.options.NoNoise {
		noise = "off"
	}
	return []imgio.Text{
		{Keyword: "Software", Text: "easel " + s.options.Version}, {Keyword: "easel:model", Text: req.model.id}, {Keyword: "easel:model-sha256", Text: req.hash()},
		{Keyword: "easel:seed", Text: strconv.FormatUint(req.options.Seed, 10)}, {Keyword: "easel:noise", Text: noise},
	}
}
