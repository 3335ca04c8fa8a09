"""The other models: functions that are drawn, rules, polynomials, forecasts."""
