// Words of the planner's map and of charts. See text.ts.
export const mapZh = {
  byWhat: "分色", byCounty: "按县区", byCity: "按设区市", byCells: "按 H3 网格(现在)", compareWith: "与另一时点比较", andMore: "以上", results: "结果", greatest: "最大的十二个", change: "变化", play: "逐年播放", pause: "停", drawShape: "圈选范围", measure: "量距离", addCentre: "加入地图中心点",
  drawNow: "在地图上逐点点击;按 Esc 结束。用键盘时:方向键移动地图,再加入中心点。", longOf: "全长 {0} 公里", overlay: "地类叠加", hectares: "公顷", exportResult: "导出结果 GeoJSON", savedViews: "视图", linkOf: "此视图的链接", picture: "导出图片", viewName: "名称", keepView: "保存此视图", noViews: "尚未保存视图。保存的视图只在这个浏览器里。", removeView: "删除视图 {0}", mostOfADay: "单日最多", anyOf: "{0}:全部", noneFits: "没有符合筛选的行。", showAll: "显示全部",
};

export const mapEn: Record<keyof typeof mapZh, string> = {
  byWhat: "Colours", byCounty: "by county", byCity: "by prefecture", byCells: "by H3 cells (now)", compareWith: "Compare with", andMore: "and more", results: "Results", greatest: "The twelve greatest", change: "Change", play: "Play the years", pause: "Stop", drawShape: "Draw a shape", measure: "Measure", addCentre: "Add the map's centre",
  drawNow: "Click point by point on the map; Esc ends. By keyboard: move the map with the arrows and add its centre.", longOf: "{0} km long", overlay: "Land below it", hectares: "ha", exportResult: "Export the result as GeoJSON", savedViews: "Views", linkOf: "Link to this view", picture: "Export a picture", viewName: "Name", keepView: "Keep this view", noViews: "No view is kept. Kept views stay in this browser.", removeView: "Remove view {0}", mostOfADay: "most of a day", anyOf: "{0}: all", noneFits: "No row fits the filter.", showAll: "Show all",
};
