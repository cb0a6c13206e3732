package sim

// sku is a product that users can be licensed for, with Microsoft's own GUIDs
// ("Product names and service plan identifiers for licensing").
type sku struct {
	part, id string
	plans    []servicePlan
}

type servicePlan struct{ name, id string }

var (
	planExchange1   = servicePlan{"EXCHANGE_S_STANDARD", "9aaf7827-d63c-4b61-89c3-182f06f82e5c"}
	planExchange2   = servicePlan{"EXCHANGE_S_ENTERPRISE", "efb87545-963c-4e0d-99df-69c6916d9eb0"}
	planExchangeF   = servicePlan{"EXCHANGE_S_DESKLESS", "4a82b400-a79f-41a4-b4e2-e94f5787b113"}
	planSharePoint1 = servicePlan{"SHAREPOINTSTANDARD", "c7699d2e-19aa-44de-8edf-1736da088ca1"}
	planSharePoint2 = servicePlan{"SHAREPOINTENTERPRISE", "5dbe027f-2339-4123-9542-606e4d348a72"}
	planSharePointF = servicePlan{"SHAREPOINTDESKLESS", "902b47e5-dcb2-4fdc-858b-c63a90a2bdb9"}
	planTeams       = servicePlan{"TEAMS1", "57ff2da0-773e-42df-b2af-ffb7a2317929"}
)

var skus = []sku{
	{"SPB", "cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46", []servicePlan{planExchange1, planSharePoint1, planTeams}},
	{"O365_BUSINESS_PREMIUM", "f245ecc8-75af-4f8e-b61f-27d8114de5f3", []servicePlan{planExchange1, planSharePoint1, planTeams}},
	{"O365_BUSINESS_ESSENTIALS", "3b555118-da6a-4418-894f-7df1e2096870", []servicePlan{planExchange1, planSharePoint1, planTeams}},
	{"ENTERPRISEPACK", "6fd2c87f-b296-42f0-b197-1e91e994b900", []servicePlan{planExchange2, planSharePoint2, planTeams}},
	{"SPE_E3", "05e9a617-0261-4cee-bb44-138d3ef5d965", []servicePlan{planExchange2, planSharePoint2, planTeams}},
	{"SPE_E5", "06ebc4ee-1bb5-47dd-8120-11324bc54e06", []servicePlan{planExchange2, planSharePoint2, planTeams}},
	{"DESKLESSPACK", "4b585984-651b-448a-9e53-3b10f069cf7f", []servicePlan{planExchangeF, planSharePointF, planTeams}},
	{"EXCHANGESTANDARD", "4b9405b0-7788-4568-add1-99614e613b69", []servicePlan{planExchange1}},
	{"EXCHANGEENTERPRISE", "19ec0d23-8335-4cbd-94ac-6050e30712fa", []servicePlan{planExchange2}},
	{"EXCHANGEDESKLESS", "80b2d799-d2ba-4d2a-8842-fb0d0f3a4b82", []servicePlan{planExchangeF}},
}

func skuByPart(part string) (sku, bool) {
	for _, s := range skus {
		if s.part == part {
			return s, true
		}
	}
	return sku{}, false
}
