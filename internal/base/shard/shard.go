// Package shard names one of several parts of a list, which are worked on apart: the third
// of seven is 3/7.
package shard

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
)

// Shard is one of several parts of about the same size. The zero value is the whole.
type Shard struct {
	Number int `json:"number"` // from 1
	Of     int `json:"of"`
}

// Parse reads "3/7". "" is the whole.
func Parse(text string) (Shard, error) {
	if text == "" {
		return Shard{}, nil
	}
	number, of, ok := strings.Cut(text, "/")
	k, err := strconv.Atoi(number)
	n, err2 := strconv.Atoi(of)
	s := Shard{k, n}
	if !ok || err != nil || err2 != nil || s.Whole() || s.Validate() != nil {
		return Shard{}, fmt.Errorf("shard %q: write which of how many, such as 3/7", text)
	}
	return s, nil
}

// String writes a shard as Parse reads it.
func (s Shard) String() string {
	if s.Whole() {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.Number, s.Of)
}

// Whole reports whether this is the zero value.
func (s Shard) Whole() bool { return s == Shard{} }

// Validate reports a shard that there is not.
func (s Shard) Validate() error {
	if !s.Whole() && (s.Number < 1 || s.Number > s.Of) {
		return fmt.Errorf("shard %d of %d: they are counted from 1", s.Number, s.Of)
	}
	return nil
}

// Bounds are the first of the shard's elements among n, and the one after its last. Those of
// all shards follow each other.
func (s Shard) Bounds(n int) (from, to int) {
	if s.Whole() {
		return 0, n
	}
	return (s.Number - 1) * n / s.Of, s.Number * n / s.Of
}

// Has reports whether something with this name is of the shard. Unlike Bounds it does not
// depend on what else there is: what comes or goes while the shards are worked on changes
// nothing for the others. Sizes differ by chance.
func (s Shard) Has(name string) bool {
	if s.Whole() {
		return true
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	sum := h.Sum64()
	return (sum^sum>>32)%uint64(s.Of) == uint64(s.Number-1) //nolint:gosec // both are positive
}
