// Words of warnings and forecasts. See text.ts.
export const warningsZh = {
  warnings: "预警", warningsNote: "条件成立时发布一次,原因消失时撤回。研判用于统计准确率。", noWarnings: "没有在效的预警。", levelOf: "级别", level_red: "红色", level_orange: "橙色", level_yellow: "黄色", level_blue: "蓝色", warningOf: "对象", raisedAt: "发布", judgement: "研判", judged_useful: "有用", judged_false: "误报",
  judgeUseful: "有用", judgeFalse: "误报", ended_withdrawn: "已撤回", ended_expired: "已到期", standing: "在效", endedToo: "含已结束", precision: "准确率", precisionNote: "在已研判的预警中,有用的占比。", raisedTimes: "发布次数", noJudged: "尚无研判",
  forecasts: "趋势预测", forecastsNote: "{0}:末三年检验平均误差 {1},沿用末值为 {2}。", method_damped_trend: "阻尼趋势", method_carry_forward: "沿用末值", lastYear: "{0} 年", withheldDivisions: "另有 {0} 个区划因不足十而略去。",
};

export const warningsEn: Record<keyof typeof warningsZh, string> = {
  warnings: "Warnings", warningsNote: "Raised once when a condition holds, withdrawn when its cause goes. Judgements make the precision known.", noWarnings: "No warning stands.", levelOf: "Level", level_red: "red", level_orange: "orange", level_yellow: "yellow", level_blue: "blue", warningOf: "Of", raisedAt: "Raised", judgement: "Judged", judged_useful: "useful", judged_false: "false",
  judgeUseful: "Useful", judgeFalse: "False", ended_withdrawn: "withdrawn", ended_expired: "expired", standing: "stands", endedToo: "Ended ones too", precision: "Precision", precisionNote: "Useful ones among those that were judged.", raisedTimes: "Raised", noJudged: "none judged",
  forecasts: "Forecasts", forecastsNote: "{0}: the mean error on the last three years is {1}; of carrying the last figure forward, {2}.", method_damped_trend: "Damped trend", method_carry_forward: "Last figure carried forward", lastYear: "{0}", withheldDivisions: "{0} more divisions are left out: fewer than ten.",
};
