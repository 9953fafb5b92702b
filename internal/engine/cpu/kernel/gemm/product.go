package gemm

// Product is a plan of C = op(A)·op(B), cut into tasks.
type Product struct {
	k        *Kernels
	s        ProductShape
	tasks    []productTask
	lda, ldb int
}

// ProductShape says that C is [M, N], op(A) is [M, K] and op(B) is [K, N],
// all dense, where op transposes if asked to: then A is stored [K, M] and B
// [N, K].
type ProductShape struct {
	M, N, K                int
	TransposeA, TransposeB bool
	// StrideA is the number of elements between rows of A as stored, 0 if
	// dense; StrideB likewise.
	StrideA, StrideB int
	// Parts cuts a long sum over K, so that few results make many tasks: C is
	// [Parts, M, N], to be added up. 0 is one.
	Parts int
	// Upper leaves out most of what is below the diagonal of C, where a
	// symmetric result says nothing new: [i, j] is there for j ≥ i.
	Upper bool
}

type productTask struct {
	row, rows, column, columns int
	part                       int
	terms                      [2]int
}

// The cut of a product depends on its shape only. A block of productTerms by
// productColumns of B fits in the second-level cache.
const (
	productTerms   = 384
	productColumns = 256
	productRows    = 192
	// packedRows of a transposed A are packed at a time: whole cache lines.
	packedRows = 8 * MR
)

// NewProduct plans a product.
func NewProduct(k *Kernels, s ProductShape) *Product {
	if min(s.M, s.N, s.K) < 1 {
		panic("gemm: an empty product")
	}
	p := &Product{k: k, s: s, lda: s.StrideA, ldb: s.StrideB}
	if p.lda == 0 {
		p.lda = s.K
		if s.TransposeA {
			p.lda = s.M
		}
	}
	if p.ldb == 0 {
		p.ldb = s.N
		if s.TransposeB {
			p.ldb = s.K
		}
	}
	parts := max(s.Parts, 1)
	blocks := (s.K + productTerms - 1) / productTerms
	for part := range parts {
		terms := [2]int{part * blocks / parts * productTerms, min((part+1)*blocks/parts*productTerms, s.K)}
		for column := 0; column < s.N; column += productColumns {
			columns := min(productColumns, s.N-column)
			for row := 0; row < s.M; row += productRows {
				if s.Upper && row >= column+columns {
					continue
				}
				p.tasks = append(p.tasks, productTask{row, min(productRows, s.M-row), column, columns, part, terms})
			}
		}
	}
	return p
}

// LongestParts is how many Parts cut a sum of k terms without making any of
// them short.
func LongestParts(k int) int { return max(k/(4*productTerms), 1) }

// Tasks is the number of tasks, to be run in any order.
func (p *Product) Tasks() int { return len(p.tasks) }

// RowParts is how many parts a task's rows have, of which each can be a task of its
// own for many workers: the bits are the same, but each part packs B anew.
const RowParts = 4

// AllRows is the part that is all of a task.
const AllRows = -1

// part is a task or some rows of it.
func (p *Product) part(task, part int) productTask {
	t := p.tasks[task]
	if part != AllRows {
		tiles := (t.rows + MR - 1) / MR
		from, to := part*tiles/RowParts*MR, min((part+1)*tiles/RowParts*MR, t.rows)
		t.row, t.rows = t.row+from, to-from
	}
	return t
}

// Cost is what a part of a task costs, in multiply-adds of 16 lanes.
func (p *Product) Cost(task, part int) float64 {
	t := p.part(task, part)
	return float64((t.rows+packingRows)*t.columns*(t.terms[1]-t.terms[0])) / 16
}

// packingRows is how many rows of a product take as long as packing its B.
const packingRows = 8

// Need is what a worker's scratch must be fitted to.
func (p *Product) Need() Need {
	columns := min(p.s.N+MaxNR, productColumns)
	terms := min(p.s.K, productTerms)
	return Need{Floats: (terms + terms%2) * (columns + packedRows), Segments: 1}
}

// Run computes a part of a task; if accumulate, adding to c.
func (p *Product) Run(task, part int, s *Scratch, a, b, c []float32, accumulate bool) {
	t := p.part(task, part)
	if t.rows == 0 {
		return
	}
	c = c[t.part*p.s.M*p.s.N:]
	for at := t.terms[0]; at < t.terms[1]; at += productTerms {
		terms := [2]int{at, min(at+productTerms, t.terms[1])}
		left := p.packB(t, terms, s.Floats, b)
		p.block(t, terms, s, left, a, c, accumulate || at > t.terms[0])
	}
}

// Bounds are the rows and columns of C that a part of a task makes.
func (p *Product) Bounds(task, part int) (row, rows, column, columns int) {
	t := p.part(task, part)
	return t.row, t.rows, t.column, t.columns
}

// packB packs the columns of a task, panel by panel, and returns what is left
// of dst.
func (p *Product) packB(t productTask, terms [2]int, dst, b []float32) []float32 {
	n := terms[1] - terms[0]
	for j := 0; j < t.columns; j += p.k.NR {
		columns := min(p.k.NR, t.columns-j)
		w := p.k.Width(columns)
		if p.s.TransposeB {
			p.k.PackTransposed(dst, b[(t.column+j)*p.ldb+terms[0]:], n, columns, p.ldb, w)
		} else {
			p.k.PackRows(dst, b[terms[0]*p.ldb+t.column+j:], n, columns, p.ldb, w)
		}
		dst = dst[p.k.Elements(n)*w:]
	}
	return dst
}

func (p *Product) block(t productTask, terms [2]int, s *Scratch, left, a, c []float32, accumulate bool) {
	n, tile := terms[1]-terms[0], &s.Tile
	*tile = Tile{C: c, Segments: s.Segments[:1], Accumulate: accumulate}
	seg := &s.Segments[0]
	seg.B, seg.Length = 0, p.k.Elements(n)
	for row := t.row; row < t.row+t.rows; row += MR {
		tile.M = min(MR, t.row+t.rows-row)
		p.left(tile, t, row, terms, left, a)
		for i := range tile.Rows {
			tile.Rows[i] = (row+i)*p.s.N + t.column
		}
		p.panels(tile, t, row, seg.Length, s.Floats)
	}
}

// left sets where a tile's rows of A are: where they lie or, if they have to be
// columns or pairs, in a copy.
func (p *Product) left(tile *Tile, t productTask, row int, terms [2]int, copied, a []float32) {
	n, seg := terms[1]-terms[0], &tile.Segments[0]
	switch {
	case p.s.TransposeA:
		panel := (n + n%2) * MR
		if at := row - t.row; at%packedRows == 0 {
			p.k.PackColumns(copied, a[terms[0]*p.lda+row:], n, min(packedRows, t.rows-at), p.lda, panel)
		}
		tile.A, tile.AStep = copied[(row-t.row)%packedRows/MR*panel:], MR
		for i := range seg.A {
			seg.A[i] = i
		}
	case p.k.Pairs:
		p.k.Round(copied, a[row*p.lda+terms[0]:], tile.M, n, p.lda, seg.Length)
		tile.A, tile.AStep = copied, 1
		for i := range seg.A {
			seg.A[i] = min(i, tile.M-1) * seg.Length
		}
	default:
		tile.A, tile.AStep = a, 1
		for i := range seg.A {
			seg.A[i] = min(row+i, p.s.M-1)*p.lda + terms[0]
		}
	}
}

// panels runs the tiles of one row of tiles.
func (p *Product) panels(tile *Tile, t productTask, row, elements int, packed []float32) {
	for j := 0; j < t.columns; j += p.k.NR {
		tile.N = min(p.k.NR, t.columns-j)
		tile.LDB = p.k.Width(tile.N)
		tile.B, tile.Ahead = packed, 8*tile.LDB
		if !p.s.Upper || t.column+j+tile.N > row {
			p.k.Run(tile)
		}
		packed = packed[elements*tile.LDB:]
		for i := range tile.Rows {
			tile.Rows[i] += tile.N
		}
	}
}
