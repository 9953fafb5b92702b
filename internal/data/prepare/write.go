package prepare

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"easel/internal/file/atomicfile"
	"easel/internal/file/imgio"
)

// Files that an Inspection writes.
const (
	SheetFile      = "contact-sheet.png"
	InspectionFile = "inspection.json"
)

// Write writes the contact sheet and the findings into a folder, which is made if
// need be.
func (r *Inspection) Write(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("make the output folder: %w", err)
	}
	if r.Sheet != nil {
		if err := imgio.Write(filepath.Join(dir, SheetFile), r.Sheet); err != nil {
			return err
		}
	}
	return atomicfile.Write(filepath.Join(dir, InspectionFile), func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(r)
	})
}
