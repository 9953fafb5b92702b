package experiment

import (
	_ "embed" // the page's template
	"fmt"
	"html/template"
	"io"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"easel/internal/file/atomicfile"
	"easel/internal/file/imgio"
	"easel/internal/work/page"
)

// Report is the outcome of an experiment.
type Report struct {
	Experiment string `json:"experiment"`
	Source     string `json:"source"`
	About      string `json:"about"`
	Scale      Scale  `json:"scale"`
	Seed       uint64 `json:"seed"`
	// Setting says in a sentence under which conditions the numbers were measured; by
	// default it describes the scale and the pairs.
	Setting string `json:"setting"`
	// Data describes the pairs, if the data are pairs.
	Data   *Source  `json:"data,omitempty"`
	Notes  []string `json:"notes,omitempty"`
	Tables []Table  `json:"tables"`
	Sheets []Sheet  `json:"-"`
}

// Sheet is a table of pictures with headings. A nil picture is an empty cell.
type Sheet struct {
	Title    string
	Headings []string
	Rows     [][]*imgio.Picture
}

// describe fills in what all experiments have in common.
func (r *Report) describe(e Experiment, s *session) {
	r.Experiment, r.Source, r.About = e.Name, e.Source, e.About
	r.Scale, r.Seed = s.scale, s.Seed
	if e.Needs != Pictures {
		r.Data = s.source
	}
	if r.Setting == "" {
		r.Setting = r.setting()
	}
}

// Text returns the tables for a terminal.
func (r Report) Text() string {
	var parts []string
	for _, t := range r.Tables {
		for _, g := range t.grids() {
			parts = append(parts, g.plain())
		}
	}
	return strings.Join(parts, "\n")
}

// setting describes the scale and the pairs in a sentence.
func (r Report) setting() string {
	text := fmt.Sprintf("Scale %s, from seed %d", r.Scale, r.Seed)
	if d := r.Data; d != nil {
		text += fmt.Sprintf("; %d pairs to train on, judged by %d pairs of %s/", d.Train, d.Judged, d.Split)
	}
	return text + "."
}

// write writes the report's files: NAME-SCALE.md, .json, .html, and the sheets as
// pictures.
func (r Report) write(out string) (Result, error) {
	base := filepath.Join(out, r.Experiment+"-"+r.Scale.Name)
	result := Result{Report: r, Page: base + ".html", Markdown: base + ".md", JSON: base + ".json"}
	var sheets []string
	for i, s := range r.Sheets {
		path := fmt.Sprintf("%s-%d.png", base, i+1)
		picture, err := imgio.Grid(s.Rows, sheetGap)
		if err != nil {
			return result, fmt.Errorf("pictures: %w", err)
		}
		if err := imgio.Write(path, picture); err != nil {
			return result, err
		}
		sheets = append(sheets, filepath.Base(path))
	}
	if err := writeJSON(result.JSON, r); err != nil {
		return result, err
	}
	text := r.markdown(sheets)
	if err := atomicfile.WriteBytes(result.Markdown, []byte(text)); err != nil {
		return result, err
	}
	return result, r.writePage(result.Page)
}

const sheetGap = 4

// markdown returns the report as Markdown; sheets are the files of the pictures.
func (r Report) markdown(sheets []string) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# %s: %s\n", r.Experiment, r.About)
	line("%s. %s", r.Source, r.Setting)
	for _, t := range r.Tables {
		for _, g := range t.grids() {
			line("\n## %s\n", g.Title)
			b.WriteString(g.markdown())
			if g.Note != "" {
				line("\n%s", g.Note)
			}
		}
	}
	for i, s := range r.Sheets {
		line("\n## %s\n\n%s\n\n![%s](%s)", s.Title, strings.Join(s.Headings, " · "), s.Title, sheets[i])
	}
	if len(r.Notes) > 0 {
		line("\n## Notes\n")
	}
	for _, n := range r.Notes {
		line("- %s", n)
	}
	return b.String()
}

// markdown returns a table with names on the left and numbers on the right.
func (g grid) markdown() string {
	var b strings.Builder
	row := func(cells []string) {
		escaped := make([]string, len(cells))
		for i, c := range cells {
			escaped[i] = strings.ReplaceAll(c, "|", `\|`)
		}
		b.WriteString("| " + strings.Join(escaped, " | ") + " |\n")
	}
	row(g.Headings)
	b.WriteString("|---" + strings.Repeat("|---:", len(g.Headings)-1) + "|\n")
	for _, r := range g.Rows {
		row(r)
	}
	return b.String()
}

// plain returns a table with aligned columns.
func (g grid) plain() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	names := 0
	for _, r := range append([][]string{g.Headings}, g.Rows...) {
		names = max(names, utf8.RuneCountInString(r[0]))
	}
	fmt.Fprintln(&b, g.Title)
	for _, r := range append([][]string{g.Headings}, g.Rows...) {
		fmt.Fprintf(w, "%s%s\t%s\t\n", r[0], strings.Repeat(" ", names-utf8.RuneCountInString(r[0])), strings.Join(r[1:], "\t"))
	}
	_ = w.Flush() // into memory
	return b.String()
}

//go:embed page.html.tmpl
var pageText string

// content is the template's data.
type content struct {
	Report
	Grids []grid
	Shown []shown
}

type shown struct {
	Title    string
	Headings []string
	Rows     [][]template.URL
}

// writePage writes the self-contained page.
func (r Report) writePage(path string) error {
	p := content{Report: r}
	for _, t := range r.Tables {
		p.Grids = append(p.Grids, t.grids()...)
	}
	for _, s := range r.Sheets {
		rows, err := s.embed()
		if err != nil {
			return fmt.Errorf("page: %w", err)
		}
		p.Shown = append(p.Shown, shown{s.Title, s.Headings, rows})
	}
	t, err := page.Parse("experiment", pageText)
	if err != nil {
		return fmt.Errorf("page: %w", err)
	}
	return atomicfile.Write(path, func(w io.Writer) error { return t.Execute(w, p) })
}

// embed returns the pictures as PNG inside the page.
func (s Sheet) embed() ([][]template.URL, error) {
	var rows [][]template.URL
	for _, r := range s.Rows {
		var row []template.URL
		for _, p := range r {
			if p == nil {
				row = append(row, "")
				continue
			}
			embedded, err := page.Picture(p)
			if err != nil {
				return nil, err
			}
			row = append(row, embedded)
		}
		rows = append(rows, row)
	}
	return rows, nil
}
