package ingest

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// billColumns are the columns kept of the vendor's bill, under all names they
// have in its four kinds, in Chinese and in English. The first heading that
// fits a column is taken; what no column wants is passed over, since a bill has
// some fifty columns and gains more.
func billColumns() []column {
	return []column{
		{"cycle", timeCell, false, []string{"账期", "billingcycle", "billcycle"}},
		{"account", textCell, false, []string{"账号", "账号名", "账户", "客户账号名", "accountname"}},
		{"service_type_code", textCell, false, []string{"产品类型编码", "云服务类型编码", "producttypecode", "cloudservicetypecode"}},
		{"product_type", textCell, false, []string{"产品类型", "云服务类型", "servicetype", "cloudservicetype"}},
		{"product_code", textCell, false, []string{"产品编码", "资源类型编码", "resourcetypecode"}},
		{"product_name", textCell, false, []string{"产品", "产品名称", "product"}},
		{"resource_type", textCell, false, []string{"资源类型"}},
		{"charging_mode", textCell, false, []string{"计费模式", "billingmode"}},
		{"consume_time", timeCell, false, []string{"消费时间", "消费/退订时间", "expendituretime", "consumptiontime", "expenditure/unsubscriptiontime"}},
		{"usage_start", timeCell, false, []string{"使用开始时间", "usagestarttime", "usagestart", "meteringstart"}},
		{"usage_end", timeCell, false, []string{"使用结束时间", "usageendtime", "usageend", "meteringend"}},
		{"trade_id", textCell, false, []string{"订单号/交易号", "订单id/退订单id", "消费流水号", "订单号", "交易号", "orderno./transactionid", "ordernumber/transactionid", "orderid/transactionid", "orderid", "ordernumber", "orderno.", "transactionid"}},
		{"trade_time", timeCell, false, []string{"交易时间", "transactiontime"}},
		{"bill_type", textCell, false, []string{"账单类型"}},
		{"order_type", textCell, false, []string{"订单类型"}},
		{"original_order_id", textCell, false, []string{"原订单号", "originalorderno.", "originalordernumber"}},
		{"resource_id", textCell, false, []string{"资源id"}},
		{"resource_name", textCell, false, []string{"资源名称"}},
		{"resource_tag", textCell, false, []string{"资源标签", "resourcetags"}},
		{"sku_code", textCell, false, []string{"sku编码", "sku"}},
		{"spec", textCell, false, []string{"规格", "产品规格", "specification", "specifications"}},
		{"region", textCell, false, []string{"区域", "云服务区"}},
		{"usage_type", textCell, false, []string{"使用量类型编码", "使用量类型", "usagetypecode"}},
		{"unit_price", numberCell, false, []string{"单价"}},
		{"price_unit", textCell, false, []string{"单价单位", "unitpriceunit"}},
		{"usage", numberCell, false, []string{"使用量", "usageamount"}},
		{"usage_unit", textCell, false, []string{"使用量单位", "usagemeasurement"}},
		{"package_usage", numberCell, false, []string{"套餐内使用量", "usageinpackage", "usagewithinpackage", "freeresourceusage"}},
		{"order_quantity", numberCell, false, []string{"订单数量", "购买数量", "quantity", "ordernumbers"}},
		{"official_price", numberCell, false, []string{"官网价", "官网价总金额", "listprice", "officialamount", "officialwebsiteprice", "totalofficialwebsiteprice"}},
		{"discount_amount", numberCell, false, []string{"优惠金额", "折扣优惠", "discount", "discountedamount", "officialdiscountamount"}},
		{"erased_amount", numberCell, false, []string{"抹零金额", "truncatedamount", "eraseamount", "roundedoffamount"}},
		{"payable_amount", numberCell, false, []string{"应付金额", "消费金额", "amountdue", "amountpayable", "consumeamount", "expenditure", "expenditureamount"}},
		{"cash_amount", numberCell, false, []string{"现金支付", "cashpayment", "cashpaid", "cash"}},
		{"credit_amount", numberCell, false, []string{"信用额度支付", "creditpayment", "creditpaid", "credit"}},
		{"coupon_amount", numberCell, false, []string{"代金券抵扣", "cashcoupon", "vouchers", "voucher", "coupons"}},
		{"cash_coupon_amount", numberCell, false, []string{"现金券抵扣", "flexipurchasecoupon", "flexipurchasecouponamount"}},
		{"stored_card_amount", numberCell, false, []string{"储值卡抵扣", "storedvaluecard", "storedvaluecardamount"}},
		{"bonus_amount", numberCell, false, []string{"奖励金支付", "bonus"}},
		{"debt_amount", numberCell, false, []string{"欠费金额", "欠费", "amountinarrears", "arrears", "unpaidamount"}},
		{"unsubscribe_reason", textCell, false, []string{"退订原因", "unsubscriptionreason"}},
		{"unsubscribe_fee", numberCell, false, []string{"退订手续费", "unsubscriptionfee", "handlingfee"}},
		{"currency", textCell, false, []string{"币种", "币种单位", "currencyunit"}},
	}
}

// billHeading is how the columns of one bill file are bound.
type billHeading struct {
	cells    map[string]int // column → cell
	currency string         // of the amounts' headings, empty when they name none
	width    int
}

func (h billHeading) has(names ...string) bool {
	return slices.ContainsFunc(names, func(n string) bool { _, ok := h.cells[n]; return ok })
}

var bracketed = regexp.MustCompile(`\(([^)]*)\)`)

// bindBill binds a row as headings, and tells whether it can be a bill's: with
// a product, an amount, and a month or time.
func bindBill(headings []string) (billHeading, bool) {
	h := billHeading{cells: map[string]int{}, width: len(headings)}
	columns := billColumns()
	for i, text := range headings {
		place := findColumn(columns, text)
		if text == "" || place < 0 {
			continue
		}
		c := columns[place]
		if _, taken := h.cells[c.name]; taken {
			continue
		}
		h.cells[c.name] = i
		if strings.HasSuffix(c.name, "_amount") || c.name == "official_price" {
			if unit := bracketed.FindStringSubmatch(norm.NFKC.String(text)); unit != nil && h.currency == "" {
				h.currency = unit[1]
			}
		}
	}
	return h, h.has("service_type_code", "product_type", "product_name") &&
		h.has("payable_amount", "official_price", "cash_amount") &&
		h.has("cycle", "consume_time", "usage_start", "trade_time")
}

// The kinds of bill.
const (
	usageDetail = "usage_detail" // 使用量类型明细账单
	transaction = "transaction"  // 流水账单
	resource    = "resource"     // 资源按账期账单
	statement   = "statement"    // 对账单
)

// billKind tells a bill's kind by the vendor's name for its file, else by what
// only that kind has a column for.
func billKind(file string, h billHeading) string {
	for name, kind := range map[string]string{
		"pricefactorbilldetail": usageDetail, "使用量类型": usageDetail,
		"settlebilldetail": transaction, "spendings(bytransaction": transaction, "流水": transaction,
		"instancebillmonth": resource, "资源按账期": resource,
		"itemproductbilloverview": statement, "对账单": statement,
	} {
		if strings.Contains(strings.ToLower(file), name) {
			return kind
		}
	}
	switch {
	case h.has("usage_type", "package_usage"):
		return usageDetail
	case h.has("trade_id") && h.has("trade_time"):
		return transaction
	case h.has("resource_id"):
		return resource
	}
	return statement
}
