package experiment

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"easel/internal/work/eval"
)

// Table is numbers in rows and columns.
type Table struct {
	Title   string   `json:"title"`
	Columns []Column `json:"columns"`
	Rows    []Row    `json:"rows"`
	// Paper is the same table in the paper, if it has one, with the rows and columns that
	// it has.
	Paper *Published `json:"paper,omitempty"`
	// Note is shown below the table.
	Note string `json:"note,omitempty"`
}

// Column is one measure.
type Column struct {
	Key   string `json:"key"`
	Title string `json:"title"`
	// Better is "higher", "lower" or empty.
	Better string `json:"better,omitempty"`
	// Digits after the point.
	Digits int `json:"digits"`
}

// Row holds the measurements of one thing. A missing column is an empty cell.
type Row struct {
	Name  string          `json:"name"`
	Cells map[string]Cell `json:"cells"`
}

// Cell is a mean over seeds.
type Cell struct {
	Mean float64 `json:"mean"`
	// Deviation is the standard deviation over seeds, with n − 1; 0 for a single seed.
	Deviation float64 `json:"deviation,omitempty"`
	Seeds     int     `json:"seeds"`
	// Margin is the half of the mean's 95 % confidence interval, over seeds and over
	// the pictures that judge; 0 if neither is known.
	Margin float64 `json:"margin,omitempty"`
}

// confidence of a cell's interval; also eval's default, by which the intervals of the values
// were made.
const confidence = 0.95

// cellOf computes the mean of a measure over seeds.
//
// Its interval has two sources. Other seeds would give other models: the standard error
// over seeds, with Student's t, since there are few. Other pictures would judge them
// differently: the bootstrap's interval, which all seeds share, so that their mean does not
// narrow it. The two are independent, so their squares add up.
func cellOf(values ...eval.Value) Cell {
	n := float64(len(values))
	c := Cell{Seeds: len(values)}
	pictures := 0.0
	for _, v := range values {
		c.Mean += v.Value / n
		if v.Low != nil && v.High != nil {
			pictures += (*v.High - *v.Low) / 2 / n
		}
	}
	c.Margin = pictures
	if len(values) < 2 {
		return c
	}
	for _, v := range values {
		c.Deviation += (v.Value - c.Mean) * (v.Value - c.Mean) / (n - 1)
	}
	c.Deviation = math.Sqrt(c.Deviation)
	t := distuv.StudentsT{Sigma: 1, Nu: n - 1}.Quantile((1 + confidence) / 2)
	c.Margin = math.Hypot(pictures, t*c.Deviation/math.Sqrt(n))
	return c
}

// Published holds the numbers of a paper.
type Published struct {
	// Source is where they were published, Data what they were measured on.
	Source string `json:"source"`
	Data   string `json:"data"`
	// Same says that ours were measured on the same data, so that both are shown side by
	// side.
	Same bool                          `json:"same_data"`
	Rows map[string]map[string]float64 `json:"rows"`
}

// text formats a cell for people.
func (c Column) text(cell Cell) string {
	s := fmt.Sprintf("%.*f", c.Digits, cell.Mean)
	if cell.Margin > 0 {
		s += fmt.Sprintf(" ± %.*f", c.Digits, cell.Margin)
	}
	return s
}

// heading is a column's title with an arrow for the better direction.
func (c Column) heading() string {
	switch c.Better {
	case "higher":
		return c.Title + " ↑"
	case "lower":
		return c.Title + " ↓"
	}
	return c.Title
}

// grid is a table as text, for Markdown and HTML.
type grid struct {
	Title    string
	Headings []string // the first is for the names
	Rows     [][]string
	Note     string
}

// empty marks a cell without a measurement.
const empty = "–"

// grids returns the table, with the paper's numbers in columns beside ours if they are on
// the same data, and otherwise in a table of their own.
func (t Table) grids() []grid {
	ours := grid{Title: t.Title, Headings: []string{""}, Note: t.Note}
	beside := t.Paper != nil && t.Paper.Same
	for _, c := range t.Columns {
		ours.Headings = append(ours.Headings, c.heading())
		if beside && t.Paper.has(c.Key) {
			ours.Headings = append(ours.Headings, "paper")
		}
	}
	for _, r := range t.Rows {
		line := []string{r.Name}
		for _, c := range t.Columns {
			line = append(line, r.text(c))
			if beside && t.Paper.has(c.Key) {
				line = append(line, t.Paper.text(r.Name, c))
			}
		}
		ours.Rows = append(ours.Rows, line)
	}
	if t.Paper == nil || beside {
		return []grid{ours}
	}
	if theirs := t.published(); len(theirs.Headings) > 1 {
		return []grid{ours, theirs}
	}
	return []grid{ours}
}

// published returns the paper's table alone.
func (t Table) published() grid {
	g := grid{Title: fmt.Sprintf("%s, on %s", t.Paper.Source, t.Paper.Data), Headings: []string{""},
		Note: "Other data and other judging networks: compare the order of rows, not the numbers."}
	var columns []Column
	for _, c := range t.Columns {
		if t.Paper.has(c.Key) {
			columns = append(columns, c)
			g.Headings = append(g.Headings, c.heading())
		}
	}
	for _, r := range t.Rows {
		if _, ok := t.Paper.Rows[r.Name]; !ok {
			continue
		}
		line := []string{r.Name}
		for _, c := range columns {
			line = append(line, t.Paper.text(r.Name, c))
		}
		g.Rows = append(g.Rows, line)
	}
	return g
}

func (r Row) text(c Column) string {
	if cell, ok := r.Cells[c.Key]; ok {
		return c.text(cell)
	}
	return empty
}

// has reports whether the paper has a column.
func (p *Published) has(key string) bool {
	for _, row := range p.Rows {
		if _, ok := row[key]; ok {
			return true
		}
	}
	return false
}

// text formats a number as the paper does: with two digits.
func (p *Published) text(row string, c Column) string {
	if v, ok := p.Rows[row][c.Key]; ok {
		return fmt.Sprintf("%.2f", v)
	}
	return empty
}
