package files

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
)

// What an office file may unpack to, and how many parts it may have: far above real documents, far below what would
// fill a memory.
const (
	maxUnpacked = 200 << 20
	maxParts    = 5000
	maxRatio    = 150
)

// cleanOffice takes the three sorts of OOXML, by what their list of parts says they are.
func cleanOffice(data []byte) (Cleaned, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return Cleaned{}, errors.New("bị hỏng hoặc không phải DOCX, XLSX, PPTX")
	}
	if err := bounded(z, len(data)); err != nil {
		return Cleaned{}, err
	}
	var list string
	for _, f := range z.File {
		name := strings.ToLower(f.Name)
		for _, bad := range []string{"vbaproject", "activex", "oleobject", "/embeddings/", "macrosheets", "..", "\\"} {
			if strings.Contains(name, bad) {
				return Cleaned{}, errors.New("có macro hoặc đối tượng nhúng; hãy lưu lại bản không có macro, hoặc xuất PDF")
			}
		}
		if f.Name == "[Content_Types].xml" {
			if list, err = partsOf(f); err != nil {
				return Cleaned{}, err
			}
		}
	}
	if strings.Contains(strings.ToLower(list), "macroenabled") {
		return Cleaned{}, errors.New("có macro; hãy lưu lại bản không có macro, hoặc xuất PDF")
	}
	for _, mime := range []string{mimeDOCX, mimeXLSX, mimePPTX} {
		if strings.Contains(list, mime+".main+xml") {
			return Cleaned{Data: data, MIME: mime}, nil
		}
	}
	return Cleaned{}, errors.New("là tệp nén, không nhận; hãy gửi từng tệp JPG, PNG, PDF, DOCX, XLSX, PPTX")
}

// bounded refuses archives that unpack to too much. The declared sizes hold: a reader that meets more than declared
// fails.
func bounded(z *zip.Reader, packed int) error {
	var total uint64
	for _, f := range z.File {
		if f.UncompressedSize64 > maxUnpacked {
			return errTooMuch
		}
		total += f.UncompressedSize64
	}
	if len(z.File) > maxParts || total > maxUnpacked || total > uint64(packed)*maxRatio {
		return errTooMuch
	}
	return nil
}

var errTooMuch = errors.New("nén quá nhiều dữ liệu; hãy mở và lưu lại, hoặc xuất PDF")

func partsOf(f *zip.File) (string, error) {
	r, err := f.Open()
	if err != nil {
		return "", errors.New("bị hỏng; hãy mở thử rồi tải lại")
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, 1<<20))
	if err != nil {
		return "", errors.New("bị hỏng; hãy mở thử rồi tải lại")
	}
	return string(text), nil
}
