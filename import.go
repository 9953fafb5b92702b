package easel

import "easel/internal/model/zoo"

type (
	// ImportOptions say what another program's model file does not. The zero
	// value is the default.
	ImportOptions = zoo.ImportOptions
	// ImportedModel is another program's model as easel's: its method Write makes
	// a file that Open opens.
	ImportedModel = zoo.Imported
)

// Import reads a model that another program trained: a .pth file of the authors'
// PyTorch port, for instance, or a folder with one. docs/models.md lists what is
// known.
func Import(path string, o ImportOptions) (*ImportedModel, error) { return zoo.Import(path, o) }
