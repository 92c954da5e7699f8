package org

import (
	"fmt"
	"strings"

	"danvan/internal/civil"
	"danvan/internal/fault"
)

// Resolve finds the unit that a reference means: CODE@DATE is the unit with the code on that day; CODE is the one
// open on the basis day, or else (and on the basis then) at the end of the period. Where neither is open but only
// one unit ever had the code, it is that one; otherwise the error lists the choices.
func (t *Tree) Resolve(ref string, b Basis, end civil.Date) (*Unit, error) {
	ref = strings.TrimSpace(ref)
	code, day, dated := strings.Cut(ref, "@")
	code = strings.ToUpper(strings.TrimSpace(code))
	all := t.byCode[code]
	if len(all) == 0 {
		return nil, t.unknown(ref, code)
	}
	if dated {
		d, err := civil.ParseDate(strings.TrimSpace(day))
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "Không đọc được ngày trong “"+ref+"”: viết dạng "+code+"@2019-12-31.")
		}
		if u := t.On(code, d); u != nil {
			return u, nil
		}
		return nil, fault.Newf(fault.NotFound, "Không có đơn vị mã %s vào ngày %s. Mã này đã được dùng cho: %s.", code, d.Vi(), t.choices(all))
	}
	if !b.Then && b.On != 0 {
		if u := t.On(code, b.On); u != nil {
			return u, nil
		}
	}
	if u := t.On(code, end); u != nil && end != 0 {
		return u, nil
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return nil, fault.Newf(fault.Invalid, "Mã %s chỉ nhiều đơn vị khác nhau, không đơn vị nào tồn tại vào ngày được hỏi. Hãy viết rõ một trong các lựa chọn: %s.",
		code, t.choices(all))
}

// choices lists units as CODE@DATE with name and life.
func (t *Tree) choices(list []*Unit) string {
	var out []string
	for _, u := range list {
		life := "từ " + u.Opened.Vi()
		if u.Closed < civil.Forever {
			life += " đến " + u.Closed.AddDays(-1).Vi()
		}
		out = append(out, fmt.Sprintf("%s@%s (%s, %s)", u.Code, u.Opened, u.SpanOn(u.Opened).Name, life))
	}
	return strings.Join(out, "; ")
}

func (t *Tree) unknown(ref, code string) error {
	for _, guess := range []string{"0" + code, "00" + code, strings.TrimLeft(code, "0")} {
		if u := t.byCode[guess]; len(u) > 0 {
			return fault.Newf(fault.NotFound, "Không có đơn vị mã “%s”. Có phải là %s (%s)?", ref, guess, u[len(u)-1].now().Name)
		}
	}
	if host, abbr := hostOf(code); abbr != "" && len(t.byCode[host]) > 0 {
		return fault.Newf(fault.NotFound, "Không có tổ chức mã “%s” ở %s. Xem các tổ chức bằng lệnh: danvan units tree %s --bodies.",
			ref, t.byCode[host][0].now().Name, host)
	}
	return fault.Newf(fault.NotFound, "Không có đơn vị mã “%s”. Hãy tìm đơn vị theo tên ở trang Đơn vị, hoặc xem các mã bằng lệnh danvan units tree.", ref)
}
