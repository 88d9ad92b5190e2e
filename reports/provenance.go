package reports

import "github.com/xuri/excelize/v2"

// addProvenance writes what the numbers were made from as the last sheet.
func (b *book) addProvenance() error {
	if len(b.o.Provenance) == 0 {
		return nil
	}
	name := b.o.Lang.Pick("数据来源", "Provenance")
	s, err := b.addSheet(name, len(b.o.Provenance)+1, []int{36, 100})
	if err != nil {
		return err
	}
	if err := s.addHeadings([]column{{name: b.o.Lang.Pick("项", "Key")}, {name: b.o.Lang.Pick("值", "Value")}}); err != nil {
		return err
	}
	style, err := b.style("@", roleWords)
	if err != nil {
		return err
	}
	for _, kv := range b.o.Provenance {
		err := s.add([]any{
			excelize.Cell{StyleID: style, Value: cellText(kv.Key)},
			excelize.Cell{StyleID: style, Value: cellText(kv.Value)},
		})
		if err != nil {
			return err
		}
	}
	return s.w.Flush()
}
