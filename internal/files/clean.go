package files

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"danvan/internal/fault"
)

// Cleaned is an upload that may be kept: what it is by its content, without what does not belong to an official
// record, and a name that agrees with it.
type Cleaned struct {
	Data    []byte
	MIME    string
	Name    string
	Picture []byte // a small JPEG drawn anew, nil where the file is no picture or too large to draw
}

// Clean decides by its content what an upload is, and takes from pictures what the camera wrote into them: place,
// device, time, comments. Whatever is not one of the sorts below is refused, whatever its name says:
//
//	JPEG, PNG      decoded as far as their size; metadata out, nothing behind their end
//	PDF            without scripts, programs to start, files inside
//	DOCX XLSX PPTX without macros, ActiveX, embedded objects; what they unpack to is bounded
func Clean(data []byte, name string) (Cleaned, error) {
	var c Cleaned
	var err error
	switch {
	case len(data) == 0:
		return c, refuse(name, "trống; hãy chọn lại tệp")
	case bytes.HasPrefix(data, []byte{0xff, 0xd8, 0xff}):
		c, err = cleanJPEG(data)
	case bytes.HasPrefix(data, []byte(pngHead)):
		c, err = cleanPNG(data)
	case bytes.HasPrefix(data, []byte("%PDF-")):
		c, err = cleanPDF(data)
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		c, err = cleanOffice(data)
	case bytes.HasPrefix(data, []byte{0xd0, 0xcf, 0x11, 0xe0}):
		err = errors.New("là tệp Office bản cũ (.doc, .xls, .ppt); hãy mở và lưu lại dạng .docx, .xlsx, .pptx hoặc .pdf")
	default:
		err = errors.New("không thuộc loại được nhận; chỉ nhận ảnh JPG, PNG, tệp PDF, DOCX, XLSX, PPTX")
	}
	if err != nil {
		return Cleaned{}, refuse(name, err.Error())
	}
	c.Name = cleanName(name, extensionOf(c.MIME))
	return c, nil
}

func refuse(name, why string) error {
	return fault.Newf(fault.Invalid, "Tệp “%s” %s.", cleanName(name, path.Ext(name)), why)
}

const (
	mimeJPEG = "image/jpeg"
	mimePNG  = "image/png"
	mimePDF  = "application/pdf"
	mimeDOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	mimeXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	mimePPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
)

func extensionOf(mime string) string {
	return map[string]string{mimeJPEG: ".jpg", mimePNG: ".png", mimePDF: ".pdf", mimeDOCX: ".docx", mimeXLSX: ".xlsx", mimePPTX: ".pptx"}[mime]
}

// MIMEOf is what a kept attachment is served as, by the extension that Clean gave it; "" for anything else.
func MIMEOf(name string) string {
	for _, mime := range []string{mimeJPEG, mimePNG, mimePDF, mimeDOCX, mimeXLSX, mimePPTX} {
		if strings.HasSuffix(name, extensionOf(mime)) {
			return mime
		}
	}
	return ""
}

// nameRunes is how long a name may be, without its extension.
const nameRunes = 100

// cleanName takes folders, control and direction marks out of a name, keeps one extension, that of the content, and
// leaves no other that a system could take for it: anh.jpg.exe becomes anh-jpg.jpg.
func cleanName(name, ext string) string {
	name = norm.NFC.String(strings.ToValidUTF8(name, ""))
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), strings.ContainsRune(`<>:"|?*%`, r):
			return -1
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, name)
	stem := strings.TrimSuffix(name, path.Ext(name))
	stem = strings.Join(strings.Fields(strings.ReplaceAll(stem, ".", "-")), " ")
	stem = strings.Trim(stem, "- ")
	if utf8.RuneCountInString(stem) > nameRunes {
		stem = string([]rune(stem)[:nameRunes])
	}
	if stem == "" {
		stem = "tep"
	}
	return stem + strings.ToLower(ext)
}

// cleanPDF refuses what a PDF does of itself. It looks at the bytes as they stand: what hides in compressed objects
// is left to the reader's program, and a PDF is only ever sent as a download.
func cleanPDF(data []byte) (Cleaned, error) {
	tail := data[max(0, len(data)-2048):]
	if !bytes.Contains(tail, []byte("%%EOF")) {
		return Cleaned{}, errors.New("là PDF bị hỏng hoặc tải chưa hết; hãy mở thử rồi tải lại")
	}
	if bytes.Contains(data[max(0, len(data)-70_000):], []byte("PK\x05\x06")) {
		return Cleaned{}, errors.New("là PDF có tệp nén gắn phía sau; hãy xuất lại bản PDF")
	}
	for _, key := range []string{"/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/RichMedia", "/SubmitForm", "/ImportData"} {
		if hasKey(data, key) {
			return Cleaned{}, fmt.Errorf("là PDF có mã chạy hoặc tệp nhúng (%s); hãy in lại thành PDF thường", key[1:])
		}
	}
	return Cleaned{Data: data, MIME: mimePDF}, nil
}

// hasKey finds a name of PDF that is not the beginning of a longer one.
func hasKey(data []byte, key string) bool {
	for {
		i := bytes.Index(data, []byte(key))
		if i < 0 {
			return false
		}
		data = data[i+len(key):]
		if len(data) == 0 || !(data[0] >= 'a' && data[0] <= 'z' || data[0] >= 'A' && data[0] <= 'Z') {
			return true
		}
		if key == "/EmbeddedFile" && data[0] == 's' {
			return true
		}
	}
}
